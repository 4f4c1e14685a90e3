using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

/// <summary>The contract of DecodeImages for files given as bytes.</summary>
[TestClass]
public class DecodeImageContentTests : EstimatorContract
{
    private static readonly VectorDataViewType Bytes = new(NumberDataViewType.Byte);

    protected override string InputColumn => "Content";

    protected override IReadOnlyList<string> OutputColumns => ["Image"];

    protected override string Role => "image file";

    protected override string ExpectedShape => "String or vector of Byte";

    protected override string ExpectedType => "String or vector of Byte";

    protected override bool OutputCanBeCached => false;

    protected override bool Batched => false;

    protected override IReadOnlyList<WrongInput> WrongInputs =>
    [
        new(NumberDataViewType.Byte, "Byte"),
        new(NumberDataViewType.Single, "Single"),
        new(new VectorDataViewType(NumberDataViewType.Single, 48), "Vector<Single>"),
    ];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => context.Transforms.DecodeImages("Image", "Content");

    protected override TableView CreateData() => new TableView(21)
        .Add("Name", TextDataViewType.Instance, row => $"row {row}".AsMemory())
        .Add("Label", new KeyDataViewType(typeof(uint), 2), row => (uint)(1 + (row % 2)))
        .AddVector("Content", Bytes, row => row == 6 ? [] : EncodedImages.Png(row))
        .AddVector("Decoy", Bytes, row => EncodedImages.Png(row + 1000));
}
