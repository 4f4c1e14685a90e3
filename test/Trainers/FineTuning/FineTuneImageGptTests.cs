using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.FineTuning;

/// <summary>The contract of MulticlassClassification.Trainers.ImageGptFineTune.</summary>
[TestClass]
public sealed class FineTuneImageGptTests : TokenEstimatorContract, IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel();

    protected override IReadOnlyList<string> OutputColumns => ["PredictedLabel", "Score"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.MulticlassClassification.Trainers.ImageGptFineTune(_model, new() { Epochs = 1, BatchSize = 8, LearningRate = 0.02, Seed = 3 });

    protected override TableView AddOtherInputs(TableView view) => view.AddUnread("Label", new KeyDataViewType(typeof(uint), 2));

    public void Dispose() => _model.Dispose();
}
