using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Quantization;

/// <summary>The contract of QuantizeToPalette with a given palette.</summary>
[TestClass]
public sealed class QuantizeToGivenPaletteTests : QuantizeToLearnedPaletteTests
{
    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, imageSize: 4);
}
