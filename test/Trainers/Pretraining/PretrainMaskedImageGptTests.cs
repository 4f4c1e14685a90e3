using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using Microsoft.ML;

namespace IGptMl.Tests.Pretraining;

/// <summary>The contract of ImageGeneration.Trainers.ImageGpt with the masked objective.</summary>
public abstract class PretrainMaskedImageGptTests(int headSize) : TokenEstimatorContract
{
    protected override IReadOnlyList<string> OutputColumns => ["NatsPerToken", "BitsPerDimension"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.ImageGeneration.Trainers.ImageGpt("Tokens", new()
        {
            Model = TinyImageGpt.ConfigOf(headSize) with { Objective = PretrainingObjective.Masked },
            Steps = 4,
            BatchSize = 4,
            LearningRate = 0.02,
            Seed = 3,
        });

    [TestClass]
    public sealed class HeadsOf4() : PretrainMaskedImageGptTests(4);

    [TestClass]
    [EveryRegisterWidth]
    public sealed class HeadsOf32() : PretrainMaskedImageGptTests(32);
}
