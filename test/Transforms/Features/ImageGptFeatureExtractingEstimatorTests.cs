using IGptMl.Tests.Contracts;
using IGptMl.Tests.Network;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.Features;

[TestClass]
public sealed class ImageGptFeatureExtractingEstimatorTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    [TestMethod]
    public void Features_OfEveryRow_AreThoseOfTheFormulas()
    {
        var data = TokenRows.Create(9);
        using var transformer = _context.Transforms.ExtractImageGptFeatures("Features", "Tokens", _model, 2, 0).Fit(data);
        var rows = RowValues.Read(transformer.Transform(data), ["Features"]);
        var plain = new PlainImageGpt(_model.On(torch.CPU));
        var expected = Enumerable.Range(0, 9).Select(row =>
        {
            var layers = plain.Representations([.. TokenRows.Keys(row).Select(key => key - 1)]);
            return new RowValues($"row {row}", [.. Means(layers[2]), .. Means(layers[0])]);
        });
        RowValues.AssertAligned(expected, rows, 1e-5);

        static IEnumerable<double> Means(double[][] positions) => Enumerable.Range(0, 8).Select(j => positions.Average(p => p[j]));
    }

    [TestMethod]
    [DataRow(null, 0)]
    [DataRow(0.15, 0)]
    [DataRow(0.4, 7)]
    [DataRow(0.0, 0)]
    public void Features_OfAMaskedModel_AreThoseOfTheFormulasWithTheTokensHidden(double? probability, int seed)
    {
        using var model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
        var masking = probability is { } given ? new TokenMasking { Probability = given, Seed = seed } : null;
        var data = TokenRows.Create(9);
        using var transformer = _context.Transforms.ExtractImageGptFeatures(model, new()
            { Columns = [new ImageGptFeatureColumn("Features", 1)], Masking = masking }).Fit(data);
        Assert.AreEqual(masking ?? new TokenMasking(), transformer.Masking);
        var rows = RowValues.Read(transformer.Transform(data), ["Features"]);
        var plain = new PlainImageGpt(model.On(torch.CPU));
        var expected = Enumerable.Range(0, 9).Select(row =>
        {
            ushort[] tokens = [.. TokenRows.Keys(row).Select(key => (ushort)(key - 1))];
            var hidden = probability == 0 ? new bool[16] : (masking ?? new TokenMasking()).Draw(tokens, 1)![0].ToArray();
            var layer = plain.Representations([.. tokens.Select(token => (int)token)], hidden)[1];
            return new RowValues($"row {row}", [.. Enumerable.Range(0, 8).Select(j => layer.Average(p => p[j]))]);
        });
        RowValues.AssertAligned(expected, rows, 1e-5);
    }

    [TestMethod]
    public void Masking_OfAnAutoregressiveModel_IsRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(()
            => _context.Transforms.ExtractImageGptFeatures(_model, new()
            { Columns = [new ImageGptFeatureColumn("A", 1)], Masking = new TokenMasking { Probability = 1 } }));
        Assert.AreEqual(
            "Masking is TokenMasking { Probability = 1, Seed = 0 }; expected null for an autoregressive model. Masking.Probability is 1; expected 0 to "
            + "less than 1. (Parameter 'options')", error.Message);
    }

    [TestMethod]
    public void Features_OfMissingTokens_AreNotNumbers()
    {
        var data = TokenRows.Create(20, missing: row => row is 0 or 7 or 8 or 19);
        using var all = _context.Transforms.ExtractImageGptFeatures(_model, new()
            { Columns = [new ImageGptFeatureColumn("Features", 1)], BatchSize = 4 }).Fit(data);
        var rows = RowValues.Read(all.Transform(data), ["Features"]);
        var complete = RowValues.Read(all.Transform(TokenRows.Create(20)), ["Features"]);
        for (var row = 0; row < 20; row++)
        {
            if (row is 0 or 7 or 8 or 19)
            {
                Assert.IsTrue(rows[row].Values.All(double.IsNaN));
            }
            else
            {
                RowValues.AssertAligned(complete, [rows[row]], 1e-5);
            }
        }
    }

    [TestMethod]
    public void Features_OfNoImage_AreNotNumbers()
    {
        using var image = ImageRows.Plain(4, 4, 255, 0, 0);
        var data = ImageRows.Of(image, null);
        using var chain = Chain(4).Fit(data);
        var rows = RowValues.Read(chain.Transform(data), ["Features"]);
        Assert.IsTrue(rows[0].Values.All(double.IsFinite));
        Assert.IsTrue(rows[1].Values.All(double.IsNaN));
    }

    [TestMethod]
    public void Features_OfAPredictionEngine_AreThoseOfTheView()
    {
        var images = Enumerable.Range(0, 5).Select(row => ImageRows.Random(6, 6, row)).ToArray();
        var data = ImageRows.Of(images);
        var chain = Chain(4).Fit(data);
        var expected = RowValues.Read(chain.Transform(data), ["Features"]);
        using var engine = _context.Model.CreatePredictionEngine<Input, Output>(chain);
        var actual = images.Select((image, row) => new RowValues($"row {row}",
            [.. engine.Predict(new Input { Image = image }).Features.Select(value => (double)value)])).ToList();
        RowValues.AssertAligned(expected, actual, 1e-5);
        RowValues.AssertSame(actual, [.. images.Select((image, row)
            => new RowValues($"row {row}", [.. engine.Predict(new Input { Image = image }).Features.Select(value => (double)value)]))]);
    }

    [TestMethod]
    public void SlotNames_OfAColumn_TellLayerAndNumber()
    {
        var schema = _context.Transforms.ExtractImageGptFeatures("Features", "Tokens", _model, 2,
            0).Fit(TokenRows.Create()).GetOutputSchema(TokenRows.Create().Schema);
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Features"].GetSlotNames(ref names);
        var texts = names.DenseValues().Select(name => name.ToString()).ToArray();
        CollectionAssert.AreEqual((string[])[.. Enumerable.Range(0, 8).Select(j => $"Layer2.{j}"),
            .. Enumerable.Range(0, 8).Select(j => $"Layer0.{j}")], texts);
    }

    [TestMethod]
    public void Layers_NoneGiven_AreTheMiddle()
    {
        using var transformer = _context.Transforms.ExtractImageGptFeatures("Features", "Tokens", _model).Fit(TokenRows.Create());
        CollectionAssert.AreEqual((int[])[1], transformer.Columns.Single().Layers.ToArray());
    }

    [TestMethod]
    public void Model_DisposedAfterFit_LeavesTheTransformerWorking()
    {
        var data = TokenRows.Create();
        var model = TinyImageGpt.CreateModel(3);
        using var transformer = _context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model).Fit(data);
        model.Dispose();
        Assert.HasCount(21, RowValues.Read(transformer.Transform(data), ["Features"]));
    }

    [TestMethod]
    public void Model_DisposedBeforeFit_IsRefused()
    {
        var model = TinyImageGpt.CreateModel(3);
        var estimator = _context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model);
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => estimator.Fit(TokenRows.Create()));
    }

    [TestMethod]
    public void Palette_OfAnotherSize_IsRefusedNamingBoth()
    {
        var palette = Palette.FromColors(new byte[3 * 9]);
        var pipeline = _context.Transforms.QuantizeToPalette("Tokens", "Image", palette,
            4).Append(_context.Transforms.ExtractImageGptFeatures("Features", "Tokens", _model));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => pipeline.Fit(ImageRows.Create(2)));
        Assert.StartsWith("Schema mismatch for token column 'Tokens': expected Vector<Key<UInt16, 0-7>, 16>, got Vector<Key<UInt16, 0-8>, 16>", error.Message);
    }

    [TestMethod]
    public void Images_OfAnotherSizeThanTheContext_AreRefusedNamingBoth()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Chain(5).Fit(ImageRows.Create(2)));
        Assert.StartsWith("Schema mismatch for token column 'Tokens': expected Vector<Key<UInt16, 0-7>, 16>, got Vector<Key<UInt16, 0-7>, 25>", error.Message);
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        var options = new ImageGptFeatureExtractingEstimator.Options
        {
            InputColumnName = "",
            BatchSize = 0,
            Columns = [new ImageGptFeatureColumn("A", 3, 1, -1), new ImageGptFeatureColumn("A"), new ImageGptFeatureColumn(" ", 0)],
        };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.ExtractImageGptFeatures(_model, options));
        Assert.AreEqual(
            "InputColumnName is ''; expected a column name. BatchSize is 0; expected 1 to 4096. Columns['A'].Layers is 3; expected 0 to 2. "
                + "Columns['A'].Layers is -1; expected 0 to 2. "
            + "Columns['A'].Layers is empty; expected layers from 0 to 2. Columns.Name is ' '; expected a column name. Columns is A, A,  ; expected names "
                + "that differ. (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    public void Options_NoColumns_AreRefused()
        => Assert.AreEqual(
            "Columns is empty; expected at least one column. (Parameter 'options')",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.ExtractImageGptFeatures(_model, new() { Columns = [] })).Message);

    [TestMethod]
    public void Options_ChangedAfterConstruction_ChangeNothing()
    {
        var layers = new List<int> { 1 };
        var estimator = _context.Transforms.ExtractImageGptFeatures(_model, new() { Columns = [new ImageGptFeatureColumn("Features", layers)] });
        layers[0] = 2;
        using var transformer = estimator.Fit(TokenRows.Create());
        Assert.AreEqual(1, transformer.Columns[0].Layers[0]);
    }

    public void Dispose() => _model.Dispose();

    private EstimatorChain<ImageGptFeatureExtractingTransformer> Chain(int size)
        => _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette,
            size).Append(_context.Transforms.ExtractImageGptFeatures("Features", "Tokens", _model, 1));

    private sealed class Input
    {
        [Microsoft.ML.Transforms.Image.ImageType(6, 6)]
        public MLImage? Image { get; set; }
    }

    private sealed class Output
    {
        public float[] Features { get; set; } = [];
    }
}
