using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Pretraining;

/// <summary>The contract of ImageGeneration.Trainers.ImageGpt with the masked objective.</summary>
[TestClass]
public sealed class PretrainMaskedImageGptTests : TokenEstimatorContract
{
    protected override IReadOnlyList<string> OutputColumns => ["NatsPerToken", "BitsPerDimension"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.ImageGeneration.Trainers.ImageGpt("Tokens", new() { Model = TinyImageGpt.Config with { Objective = PretrainingObjective.Masked }, Steps = 4, BatchSize = 4, LearningRate = 0.02, Seed = 3 });
}
