using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Quantization;

/// <summary>The contract of QuantizeToPalette with a learned palette.</summary>
[TestClass]
public class QuantizeToLearnedPaletteTests : ImageEstimatorContract
{
    protected override IReadOnlyList<string> OutputColumns => ["Tokens"];

    protected override bool Batched => false;

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.QuantizeToPalette("Tokens", "Image", new() { ImageSize = 4, Colors = 8, Seed = 7, SampledPixels = 1000 });
}
