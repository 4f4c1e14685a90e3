using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Quantization;

/// <summary>The contract of QuantizeToPalette where the palette is given.</summary>
[TestClass]
public sealed class QuantizeToGivenPaletteTests : QuantizeToLearnedPaletteTests
{
    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, imageSize: 4);
}
