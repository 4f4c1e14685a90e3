using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests;

[TestClass]
public sealed class ImageGenerationSampleTests : IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    public void Dispose() => _model.Dispose();

    [TestMethod]
    public void Sample_OfASeed_GivesTheSamePicturesAgain()
    {
        var first = Read(new MLContext().ImageGeneration.Sample(_model, 20, new SamplingOptions { Seed = 4 }));
        var second = Read(new MLContext().ImageGeneration.Sample(_model, 20, new SamplingOptions { Seed = 4 }));
        var other = Read(new MLContext().ImageGeneration.Sample(_model, 20, new SamplingOptions { Seed = 5 }));
        var ofContext = Read(new MLContext(seed: 9).ImageGeneration.Sample(_model, 20));
        Assert.HasCount(20, first);
        CollectionAssert.AreEqual(first.SelectMany(row => row.Tokens).ToList(), second.SelectMany(row => row.Tokens).ToList());
        CollectionAssert.AreNotEqual(first.SelectMany(row => row.Tokens).ToList(), other.SelectMany(row => row.Tokens).ToList());
        CollectionAssert.AreEqual(ofContext.SelectMany(row => row.Tokens).ToList(),
            Read(new MLContext(seed: 9).ImageGeneration.Sample(_model, 20)).SelectMany(row => row.Tokens).ToList());
    }

    [TestMethod]
    public void Sample_OfThePicturesOwnSeeds_GivesThemAgain()
    {
        var rows = Read(new MLContext(seed: 1).ImageGeneration.Sample(_model, 20));
        var again = Read(new MLContext().ImageGeneration.Sample(_model, 2, new SamplingOptions { Seeds = [rows[17].Seed, rows[3].Seed] }));
        CollectionAssert.AreEqual(rows[17].Tokens, again[0].Tokens);
        CollectionAssert.AreEqual(rows[3].Tokens, again[1].Tokens);
    }

    [TestMethod]
    public void Sample_ItsColumns_ServeAsThoseOfQuantizeToPalette()
    {
        var context = new MLContext(seed: 1);
        var view = context.ImageGeneration.Sample(_model, 10);
        var quantized = context.Transforms.QuantizeToPalette("Again", "Image", _model).Fit(view).Transform(view);
        Assert.AreEqual(quantized.Schema["Again"].Type, view.Schema["Tokens"].Type);
        foreach (var annotation in quantized.Schema["Again"].Annotations.Schema)
        {
            Assert.AreEqual(annotation.Type, view.Schema["Tokens"].Annotations.Schema[annotation.Name].Type);
        }

        CollectionAssert.AreEqual(Read(view).SelectMany(row => row.Tokens).ToList(), Read(quantized, "Again").SelectMany(row => row.Tokens).ToList());
        using var likelihood = context.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", _model).Fit(view);
        Assert.AreEqual(10, context.ImageGeneration.Evaluate(likelihood.Transform(view)).ImageCount);
    }

    [TestMethod]
    public void Sample_WrongOptions_AreReportedTogether()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
            => new MLContext().ImageGeneration.Sample(_model, 0, new SamplingOptions { Temperature = -1, TopK = 9, TopP = 2, Seeds = [1, 2] }));
        Assert.AreEqual(
            "count is 0; expected 1 to 1000000. Temperature is -1; expected 0 (the most likely color) or more. TopK is 9; expected 1 to 8, the model's "
                + "number of colors. "
            + "TopP is 2; expected more than 0, up to 1. Seeds is a list of 2; expected 0, as count says. (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    public void Sample_OfAMaskedModelOrOneWithoutColors_IsRefused()
    {
        using var masked = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette, PretrainingObjective.Masked);
        Assert.Contains("masked (BERT)", Assert.ThrowsExactly<ArgumentException>(() => new MLContext().ImageGeneration.Sample(masked, 1)).Message);
        using var colorless = TinyImageGpt.CreateModel();
        Assert.Contains("has no palette", Assert.ThrowsExactly<ArgumentException>(() => new MLContext().ImageGeneration.Sample(colorless, 1)).Message);
    }

    [TestMethod]
    public void Sample_LeavesNoTensors() => LiveTensors.AssertNoneLeft(() => Read(new MLContext(seed: 1).ImageGeneration.Sample(_model, 3)));

    private static List<(int Seed, ushort[] Tokens)> Read(IDataView view, string tokens = "Tokens")
    {
        var rows = new List<(int, ushort[])>();
        using var cursor = view.GetRowCursor(view.Schema);
        var (seed, keys) = (cursor.GetGetter<int>(view.Schema["Seed"]), cursor.GetGetter<VBuffer<ushort>>(view.Schema[tokens]));
        while (cursor.MoveNext())
        {
            var number = 0;
            VBuffer<ushort> buffer = default;
            seed(ref number);
            keys(ref buffer);
            rows.Add((number, [.. buffer.DenseValues()]));
        }

        return rows;
    }
}
