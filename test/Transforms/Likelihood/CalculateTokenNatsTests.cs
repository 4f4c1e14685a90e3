using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using Microsoft.ML;

namespace IGptMl.Tests.Likelihood;

/// <summary>The contract of CalculateImageLikelihood with the nats of every token.</summary>
public abstract class CalculateTokenNatsTests(int headSize) : TokenModelContract(TinyImageGpt.CreateModel(headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["Nats", "Bits", "Tokens'"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CalculateImageLikelihood(Model, new()
            { NatsPerTokenColumnName = "Nats", BitsPerDimensionColumnName = "Bits", TokenNatsColumnName = "Tokens'", BatchSize = 4 });

    [TestClass]
    public sealed class HeadsOf4() : CalculateTokenNatsTests(4);

    [TestClass]
    public sealed class HeadsOf16() : CalculateTokenNatsTests(16);

    [TestClass]
    [EveryRegisterWidth]
    public sealed class HeadsOf64() : CalculateTokenNatsTests(64);
}
