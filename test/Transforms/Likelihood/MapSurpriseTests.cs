using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Likelihood;

/// <summary>The contract of CalculateImageLikelihood with surprise maps.</summary>
[TestClass]
public sealed class MapSurpriseTests() : TokenModelContract(TinyImageGpt.CreateModel())
{
    protected override IReadOnlyList<string> OutputColumns => ["NatsPerToken", "BitsPerDimension", "Surprise"];

    protected override bool OutputCanBeCached => false;

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", Model, surpriseMapColumnName: "Surprise");
}
