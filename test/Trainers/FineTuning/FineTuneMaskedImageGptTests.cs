using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.FineTuning;

/// <summary>The contract of MulticlassClassification.Trainers.ImageGptFineTune with a masked model.</summary>
public abstract class FineTuneMaskedImageGptTests(int headSize)
    : TokenModelContract(TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked, headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["PredictedLabel", "Score"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.MulticlassClassification.Trainers.ImageGptFineTune(Model, new() { Epochs = 1, BatchSize = 8, LearningRate = 0.02, Votes = 3, Seed = 3 });

    protected override TableView AddOtherInputs(TableView view) => view.AddUnread("Label", new KeyDataViewType(typeof(uint), 2));

    [TestClass]
    public sealed class HeadsOf4() : FineTuneMaskedImageGptTests(4);

    [TestClass]
    public sealed class HeadsOf32() : FineTuneMaskedImageGptTests(32);
}
