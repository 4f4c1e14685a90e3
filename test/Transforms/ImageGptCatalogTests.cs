using IGptMl.Tests.Contracts;
using IGptMl.Tests.Network;
using IGptMl.Tests.Processes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests;

/// <summary>A user's pipeline: a published model, image files, and the catalog's methods, compared with the values of another implementation.</summary>
[TestClass]
[EveryRegisterWidth]
public sealed class ImageGptCatalogTests
{
    /// <summary>Relative to the largest magnitude.</summary>
    private const double Tolerance = 1e-5;

    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void QuantizeToPalette_ImagesOfTheReference_GivesItsTokens(string name)
    {
        using var reference = new ReferenceModel(name);
        var keys = Apply(reference, _context.Transforms.QuantizeToPalette("Tokens", "Image", reference.Model), ["Tokens"]);
        CollectionAssert.AreEqual(reference.Integers("tokens"), keys.SelectMany(row => row.Values.Select(key => (long)key - 1)).ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void ExtractImageGptFeatures_ImagesOfTheReference_GivesItsFeatures(string name)
    {
        using var reference = new ReferenceModel(name);
        string[] columns = [.. Enumerable.Range(0, reference.Config.Layers + 1).Select(layer => $"features.{layer}")];
        var extract = _context.Transforms.QuantizeToPalette("Tokens", "Image", reference.Model)
            .Append(_context.Transforms.ExtractImageGptFeatures(reference.Model, new()
                { Columns = [.. columns.Select((column, layer) => new ImageGptFeatureColumn(column, layer))] }));
        var rows = Apply(reference, extract, columns);
        for (var layer = 0; layer < columns.Length; layer++)
        {
            var (d, first) = (reference.Config.EmbeddingSize, layer * reference.Config.EmbeddingSize);
            AssertClose(reference.Values(columns[layer]), [.. rows.SelectMany(row => row.Values[first..(first + d)])], columns[layer]);
        }
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void CalculateImageLikelihood_ImagesOfTheReference_GivesItsNats(string name)
    {
        using var reference = new ReferenceModel(name);
        var likelihood = _context.Transforms.QuantizeToPalette("Tokens", "Image",
            reference.Model).Append(_context.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", reference.Model));
        AssertClose(reference.Values("nll_per_image"), [.. Apply(reference, likelihood, ["NatsPerToken"]).Select(row => row.Values[0])], "NatsPerToken");
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void CompleteImages_GreedySecondHalf_IsTheReferences(string name)
    {
        using var reference = new ReferenceModel(name);
        var (context, palette) = (reference.Config.ContextLength, reference.Model.Palette!);
        Assert.AreEqual(palette.Count, Enumerable.Range(0, palette.Count).Select(palette.GetColor).Distinct().Count(), "A color says which token it is.");
        long[] tokens = [.. reference.Integers("tokens").Chunk(context).Zip(reference.Integers("greedy_second_half").Chunk(context / 2), (given, drawn)
            => given[..(context / 2)].Concat(drawn)).SelectMany(row => row)];
        var completed = Apply(reference, _context.Transforms.CompleteImages("Completed", "Image", reference.Model, temperature: 0), ["Completed"]);
        var colors = completed.SelectMany(row => row.Values.Skip(2).Chunk(4)).Select(pixel => ((byte)pixel[0], (byte)pixel[1], (byte)pixel[2])).ToArray();
        CollectionAssert.AreEqual(tokens.Select(token => palette.GetColor((int)token)).ToArray(), colors);
    }

    /// <summary>The columns that a pipeline computes from the reference's three images.</summary>
    private List<RowValues> Apply(ReferenceModel reference, IEstimator<ITransformer> pipeline, IReadOnlyList<string> columns)
    {
        var images = _context.Data.LoadImageFolder(reference.PathOf("images"));
        var transformer = pipeline.Fit(images);
        using var owner = transformer as IDisposable;
        var rows = RowValues.Read(transformer.Transform(images), columns);
        CollectionAssert.AreEqual((string[])["0.png", "1.png", "2.png"], rows.Select(row => row.Name).ToArray());
        return rows;
    }

    private static void AssertClose(float[] expected, double[] actual, string name)
    {
        Assert.HasCount(expected.Length, actual, name);
        var error = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / expected.Max(MathF.Abs);
        Assert.IsLessThanOrEqualTo(Tolerance, error, name);
    }
}
