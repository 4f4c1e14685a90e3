using Microsoft.ML;

namespace IGptMl.Tests.Quantization;

/// <summary>
/// The contract of QuantizeToPalette with a palette learned from random crops: the tokens are the same in every pass, order, thread and saved file.
/// </summary>
[TestClass]
public sealed class QuantizeRandomCropTests : QuantizeToLearnedPaletteTests
{
    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.QuantizeToPalette("Tokens", "Image", new()
        {
            ImageSize = 4, Colors = 8, Seed = 7, SampledPixels = 1000, Cropping = ImageCropping.RandomCrop,
        });
}
