using IGptMl.Tests.Contracts;
using IGptMl.Tests.Formats;
using Microsoft.ML;

namespace IGptMl.Tests.Quantization;

/// <summary>The contract of DecodeFromPalette. Its output is quantized to the same tokens again.</summary>
[TestClass]
public sealed class DecodeFromPaletteTests : TokenEstimatorContract
{
    protected override IReadOnlyList<string> OutputColumns => ["Decoded"];

    protected override bool OutputCanBeCached => false;

    protected override bool Batched => false;

    protected override string ExpectedType => "Vector<Key<UInt16, 0-7>>";

    // Tokens of a square of another size are valid input.
    protected override IReadOnlyList<WrongInput> WrongInputs =>
        [.. base.WrongInputs.Where(wrong => !wrong.Type.Equals(TokenRows.TypeOf(TokenRows.Colors, 25)))];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) =>
        context.Transforms.DecodeFromPalette("Decoded", "Tokens", TinyImageGpt.Palette);

    [TestMethod]
    public void Images_QuantizedAndDecodedTwice_AreTheSame()
    {
        var context = new MLContext(seed: 1);
        var data = ImageRows.Create();
        var palette = Palette.Load(TestData.PathOf("openai-palette", "kmeans_centers.npy"));
        var chain = context.Transforms.QuantizeToPalette("Tokens", "Image", palette, imageSize: 6)
            .Append(context.Transforms.DecodeFromPalette("Decoded", "Tokens"))
            .Append(context.Transforms.QuantizeToPalette("Again", "Decoded", palette, imageSize: 6));
        var view = chain.Fit(data).Transform(data);
        RowValues.AssertSame(RowValues.Read(view, ["Tokens"]), RowValues.Read(view, ["Again"]));
        var pixels = RowValues.Read(view, ["Decoded"])[0].Values;
        var tokens = RowValues.Read(view, ["Tokens"])[0].Values;
        for (var i = 0; i < 36; i++)
        {
            var (red, green, blue) = palette.GetColor((int)tokens[i] - 1);
            CollectionAssert.AreEqual((double[])[red, green, blue, 255], pixels[(2 + (4 * i))..(6 + (4 * i))]);
        }
    }

    [TestMethod]
    public void Tokens_WithoutColors_AreRefusedWithoutAPalette()
    {
        var estimator = new MLContext().Transforms.DecodeFromPalette("Decoded", "Tokens");
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => estimator.Fit(TokenRows.Create()));
        Assert.AreEqual("Column 'Tokens' has no annotation with the palette of its tokens. Pass the palette to DecodeFromPalette.", error.Message);
    }

    [TestMethod]
    public void Tokens_ThatFillNoSquare_AreRefused()
    {
        var data = new TableView(1).AddVector("Tokens", TokenRows.TypeOf(8, 12), _ => new ushort[12]);
        var estimator = new MLContext().Transforms.DecodeFromPalette("Decoded", "Tokens", TinyImageGpt.Palette);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => estimator.Fit(data));
        StringAssert.StartsWith(error.Message,
            "Schema mismatch for token column 'Tokens': expected Vector<Key<UInt16>> whose length is a square, got Vector<Key<UInt16, 0-7>, 12>");
    }

    [TestMethod]
    public void Tokens_ThatAreMissing_GiveNoImage()
    {
        var data = TokenRows.Create(3, missing: row => row == 1);
        var decoded = new MLContext().Transforms.DecodeFromPalette("Decoded", "Tokens", TinyImageGpt.Palette).Fit(data).Transform(data);
        var rows = RowValues.Read(decoded, ["Decoded"]);
        CollectionAssert.AreEqual((int[])[66, 1, 66], rows.Select(row => row.Values.Length).ToArray());
    }
}
