using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Quantization;

/// <summary>The contract of QuantizeToPalette with center-cropped images.</summary>
[TestClass]
public sealed class QuantizeCenterCropTests : QuantizeToLearnedPaletteTests
{
    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, imageSize: 4, ImageCropping.CenterCrop);
}
