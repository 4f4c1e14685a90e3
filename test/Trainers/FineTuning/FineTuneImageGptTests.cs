using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.FineTuning;

/// <summary>The contract of MulticlassClassification.Trainers.ImageGptFineTune.</summary>
public abstract class FineTuneImageGptTests(int headSize) : TokenModelContract(TinyImageGpt.CreateModel(headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["PredictedLabel", "Score"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.MulticlassClassification.Trainers.ImageGptFineTune(Model, new() { Epochs = 1, BatchSize = 8, LearningRate = 0.02, Seed = 3 });

    protected override TableView AddOtherInputs(TableView view) => view.AddUnread("Label", new KeyDataViewType(typeof(uint), 2));

    [TestClass]
    public sealed class HeadsOf4() : FineTuneImageGptTests(4);

    [TestClass]
    [EveryRegisterWidth]
    public sealed class HeadsOf16() : FineTuneImageGptTests(16);

    [TestClass]
    public sealed class HeadsOf64() : FineTuneImageGptTests(64);
}
