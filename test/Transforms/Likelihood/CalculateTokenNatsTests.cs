using Microsoft.ML;

namespace IGptMl.Tests.Likelihood;

/// <summary>The contract of CalculateImageLikelihood with the nats of every token.</summary>
[TestClass]
public sealed class CalculateTokenNatsTests : CalculateImageLikelihoodTests
{
    protected override IReadOnlyList<string> OutputColumns => ["Nats", "Bits", "Tokens'"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CalculateImageLikelihood(Model, new() { NatsPerTokenColumnName = "Nats", BitsPerDimensionColumnName = "Bits", TokenNatsColumnName = "Tokens'", BatchSize = 4 });
}
