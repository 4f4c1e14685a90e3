using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Likelihood;

/// <summary>The contract of CalculateImageLikelihood.</summary>
public abstract class CalculateImageLikelihoodTests(int headSize) : TokenModelContract(TinyImageGpt.CreateModel(headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["NatsPerToken", "BitsPerDimension"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", Model);

    [TestClass]
    public sealed class HeadsOf4() : CalculateImageLikelihoodTests(4);

    [TestClass]
    public sealed class HeadsOf32() : CalculateImageLikelihoodTests(32);
}
