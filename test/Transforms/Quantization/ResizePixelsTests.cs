using IGptMl.Quantization;
using Microsoft.ML;

namespace IGptMl.Tests.Quantization;

/// <summary>The contract of the pixels that the linear probe compares with.</summary>
[TestClass]
public sealed class ResizePixelsTests : QuantizeToLearnedPaletteTests
{
    protected override IReadOnlyList<string> OutputColumns => ["Pixels"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => new ResizedPixelsEstimator(context, "Pixels", "Image", 4);
}
