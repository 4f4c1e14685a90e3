using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace IGptMl.Tests.FineTuning;

/// <summary>The contract of MulticlassClassification.Trainers.ImageGptMaskVote.</summary>
public abstract class MaskVoteTests(int headSize)
    : TokenModelContract(TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked, headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["PredictedLabel", "Score"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.MulticlassClassification.Trainers.ImageGptMaskVote(
            Model,
            context.Transforms.NormalizeMeanVariance("Features").Append(
                context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 })),
            new() { Votes = 3, BatchSize = 4 });

    protected override TableView AddOtherInputs(TableView view) => view.AddUnread("Label", new KeyDataViewType(typeof(uint), 2));

    [TestClass]
    public sealed class HeadsOf4() : MaskVoteTests(4);

    [TestClass]
    public sealed class HeadsOf32() : MaskVoteTests(32);
}
