using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Palettes;

/// <summary>The contract of QuantizeToPalette where the palette is learnt.</summary>
[TestClass]
public class QuantizeToLearntPaletteTests : EstimatorContract
{
    protected override string InputColumn => "Image";

    protected override IReadOnlyList<string> OutputColumns => ["Tokens"];

    protected override string Role => "image";

    protected override string ExpectedShape => "Image";

    protected override string ExpectedType => "Image";

    protected override bool InputCanBeCached => false;

    protected override bool Batched => false;

    protected override IReadOnlyList<WrongInput> WrongInputs =>
    [
        new(TextDataViewType.Instance, "String"),
        new(NumberDataViewType.Single, "Single"),
        new(new VectorDataViewType(NumberDataViewType.Single, 48), "Vector<Single>"),
    ];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.QuantizeToPalette("Tokens", "Image", new() { ImageSize = 4, Colors = 8, Seed = 7, SampledPixels = 1000 });

    protected override TableView CreateData() => ImageRows.Create();
}
