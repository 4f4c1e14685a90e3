using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Hosting;

/// <summary>Tokens of another palette than the model's have the right type, but mean other colors.</summary>
[TestClass]
public sealed class ModelPaletteTests
{
    private const string Expected = "Schema mismatch for token column 'Tokens': expected tokens of the model's palette, from QuantizeToPalette with the model, "
        + "got tokens of another palette, which mean other colors. If that is intended, set ChecksPalette to false";

    private static readonly Palette Other = Palette.FromColors([.. Enumerable.Range(0, 24).Select(i => (byte)(i * 10))]);

    private static readonly MLContext Context = new(seed: 1);

    [TestMethod]
    public void Features_OfTokensOfAnotherPalette_AreRefusedUnlessAllowed()
    {
        using var model = TinyImageGpt.CreateModel(palette: TinyImageGpt.Palette);
        Check(checks => Context.Transforms.ExtractImageGptFeatures(model, new()
        {
            Columns = [new ImageGptFeatureColumn("Features", 1)],
            ChecksPalette = checks,
        }));
    }

    [TestMethod]
    public void Likelihood_OfTokensOfAnotherPalette_IsRefusedUnlessAllowed()
    {
        using var model = TinyImageGpt.CreateModel(palette: TinyImageGpt.Palette);
        Check(checks => Context.Transforms.CalculateImageLikelihood(model, new() { ChecksPalette = checks }));
    }

    private static void Check<T>(Func<bool, IEstimator<T>> create)
        where T : class, ITransformer
    {
        var (own, other) = (Tokens(TinyImageGpt.Palette), Tokens(Other));
        var strict = create(true).Fit(own);
        Assert.IsNotEmpty(strict.Transform(own).Preview().RowView);
        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => strict.Transform(other));
        StringAssert.Contains(thrown.Message, Expected);
        thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => strict.GetOutputSchema(other.Schema));
        StringAssert.Contains(thrown.Message, Expected);
        Assert.IsNotEmpty(create(false).Fit(other).Transform(other).Preview().RowView);
        Assert.IsNotEmpty(strict.Transform(TokenRows.Create()).Preview().RowView, "Without an annotation, nothing is known.");
        (strict as IDisposable)?.Dispose();
    }

    private static IDataView Tokens(Palette palette)
    {
        var images = Context.Data.LoadShapes(count: 4);
        return Context.Transforms.QuantizeToPalette("Tokens", "Image", palette, imageSize: 4).Fit(images).Transform(images);
    }
}
