using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using Microsoft.ML;

namespace IGptMl.Tests.Pretraining;

/// <summary>The contract of ImageGeneration.Trainers.ImageGpt.</summary>
public abstract class PretrainImageGptTests(int headSize) : TokenEstimatorContract
{
    protected override IReadOnlyList<string> OutputColumns => ["NatsPerToken", "BitsPerDimension"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.ImageGeneration.Trainers.ImageGpt("Tokens", new()
        {
            Model = TinyImageGpt.ConfigOf(headSize),
            Steps = 4,
            BatchSize = 4,
            LearningRate = 0.02,
            Seed = 3,
        });

    [TestClass]
    public sealed class HeadsOf4() : PretrainImageGptTests(4);

    [TestClass]
    public sealed class HeadsOf16() : PretrainImageGptTests(16);

    [TestClass]
    [EveryRegisterWidth]
    public sealed class HeadsOf32() : PretrainImageGptTests(32);

    [TestClass]
    public sealed class HeadsOf64() : PretrainImageGptTests(64);
}
