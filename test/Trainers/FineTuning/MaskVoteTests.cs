using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace IGptMl.Tests.FineTuning;

/// <summary>The contract of MulticlassClassification.Trainers.ImageGptMaskVote.</summary>
[TestClass]
public sealed class MaskVoteTests : TokenEstimatorContract, IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);

    protected override IReadOnlyList<string> OutputColumns => ["PredictedLabel", "Score"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.MulticlassClassification.Trainers.ImageGptMaskVote(
            _model,
            context.Transforms.NormalizeMeanVariance("Features").Append(context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 })),
            new() { Votes = 3, BatchSize = 4 });

    protected override TableView AddOtherInputs(TableView view) => view.AddUnread("Label", new KeyDataViewType(typeof(uint), 2));

    public void Dispose() => _model.Dispose();
}
