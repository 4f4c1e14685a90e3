using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Colors = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorBits;
using Order = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorsOrder;

namespace IGptMl.Tests.Hosting;

/// <summary>ML.NET's conversion to ONNX: the converted pipeline gives the same values, and no transformer is left out without a word.</summary>
[TestClass]
public sealed class OnnxConversionTests
{
    private const double Tolerance = 1e-5;

    [TestMethod]
    public void Convert_ChainWithFeaturesAndClassifier_GivesTheSamePredictions()
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel();
        var data = TokenRows.Create(); // without missing tokens, whose label ML.NET's own classifier converts to the first class
        var estimator = context.Transforms.ExtractImageGptFeatures(model, new ImageGptFeatureExtractingEstimator.Options
            {
                Columns = [new ImageGptFeatureColumn("First", 0), new ImageGptFeatureColumn("Features", 2, 1)],
            })
            .Append(context.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        using var chain = estimator.Fit(data);

        CheckEqual(context, chain, data, ["First", "Features", "Score"], "PredictedLabel");
    }

    [TestMethod]
    public void Convert_Likelihood_GivesTheSameValues()
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel();
        var data = TokenRows.Create(missing: row => row == 5);
        var options = new ImageLikelihoodEstimator.Options { TokenNatsColumnName = "TokenNats" };
        using var transformer = context.Transforms.CalculateImageLikelihood(model, options).Fit(data);
        CheckEqual(context, transformer, data, ["NatsPerToken", "BitsPerDimension", "TokenNats"], null);
    }

    [TestMethod]
    public void Convert_FineTunedClassifier_GivesTheSamePredictions()
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel();
        var data = TokenRows.Create();
        var options = new ImageGptFineTuneTrainer.Options { Steps = 4, BatchSize = 4 };
        using var transformer = context.MulticlassClassification.Trainers.ImageGptFineTune(model, options).Fit(data);
        CheckEqual(context, transformer, TokenRows.Create(missing: row => row == 5), ["Score"], "PredictedLabel");
    }

    [TestMethod]
    [DataRow(Colors.Rgb, Order.ARGB, false, 0f, 1f, true)]
    [DataRow(Colors.Rgb, Order.ABGR, true, 127.5f, 1 / 127.5f, true)]
    [DataRow(Colors.All, Order.AGBR, true, 3f, 1 / 255f, true)]
    [DataRow(Colors.All, Order.ARBG, false, 117f, -0.017f, true)]
    [DataRow(Colors.Rgb, Order.AGRB, false, 0f, 1f, false)]
    [DataRow(Colors.All, Order.ABRG, true, 0f, 1f, false)]
    public void Convert_TokensFromPixels_AreThoseOfTheImages(Colors colors, Order order, bool interleave, float offset, float scale, bool asFloats)
    {
        const int Side = 8;
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadShapes(6);
        var palette = Palette.FromColors([10, 10, 10, 200, 200, 200, 0, 0, 255, 128, 64, 32, 128, 64, 32, 255, 255, 0, 7, 200, 90]);
        var layout = new PixelLayout
            { ColorsToExtract = colors, OrderOfExtraction = order, InterleavePixelColors = interleave, OffsetImage = offset, ScaleImage = scale };
        var pixels = context.Transforms.ResizeImages("Small", Side, Side, "Image")
            .Append(context.Transforms.QuantizeToPalette("Expected", "Small", palette, Side))
            .Append(context.Transforms.ExtractPixels("Pixels", "Small", colors, order, interleave, offset, scale, asFloats))
            .Fit(data).Transform(data);
        var cached = context.Data.Cache(pixels);
        var quantizer = context.Transforms.QuantizeToPalette("Tokens", "Pixels", palette, layout, Side).Fit(cached);
        var quantized = quantizer.Transform(cached);
        ushort[] expected = [.. quantized.GetColumn<VBuffer<ushort>>("Expected").SelectMany(value => value.DenseValues())];
        CollectionAssert.AreEqual(expected, quantized.GetColumn<VBuffer<ushort>>("Tokens").SelectMany(value => value.DenseValues()).ToArray());

        using var folder = new TemporaryFolder();
        var path = folder.Combine("tokens.onnx");
        using (var stream = File.Create(path))
        {
            context.Model.ConvertToOnnx(quantizer, context.Transforms.SelectColumns("Pixels").Fit(cached).Transform(cached), stream);
        }

        var applied = context.Transforms.ApplyOnnxModel(["Tokens.output"], ["Pixels"], path).Fit(cached).Transform(cached);
        CollectionAssert.AreEqual(expected, applied.GetColumn<VBuffer<ushort>>("Tokens").SelectMany(value => value.DenseValues()).ToArray());
    }

    [TestMethod]
    public void QuantizePixels_NaNOrOtherLength_IsMissingOrRefused_AndIsSaved()
    {
        var context = new MLContext(seed: 1);
        var numbers = new VectorDataViewType(NumberDataViewType.Single, 48);
        var data = new TableView(2).AddVector("Pixels", numbers, row => Enumerable.Repeat(row == 0 ? float.NaN : 255, 48).ToArray());
        var quantizer = context.Transforms.QuantizeToPalette("Tokens", "Pixels", TinyImageGpt.Palette, new PixelLayout(), 4).Fit(data);
        using var stream = new MemoryStream();
        context.Model.Save(quantizer, data.Schema, stream);
        var loaded = context.Model.Load(stream, out _);
        foreach (var transformer in (ITransformer[])[quantizer, loaded])
        {
            var tokens = transformer.Transform(data).GetColumn<VBuffer<ushort>>("Tokens").Select(value => value.DenseValues().ToArray()).ToArray();
            CollectionAssert.AreEqual(new ushort[16], tokens[0]);
            CollectionAssert.AreEqual(Enumerable.Repeat((ushort)8, 16).ToArray(), tokens[1]);
        }

        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => context.Transforms.QuantizeToPalette("Tokens", "Pixels", TinyImageGpt.Palette, new PixelLayout(), 5).Fit(data));
        StringAssert.Contains(error.Message, "vector of 75 Single or Byte");
        Assert.Throws<ArgumentOutOfRangeException>(
            () => context.Transforms.QuantizeToPalette("Tokens", "Pixels", TinyImageGpt.Palette, new PixelLayout { ScaleImage = 0 }, 4));
    }

    [TestMethod]
    public void Convert_ChainWithImages_NamesTheColumnToStartFrom()
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadShapes(4);
        var quantizer = context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, imageSize: 4).Fit(data);

        var error = Assert.ThrowsExactly<NotSupportedException>(() => context.Model.ConvertToOnnx(quantizer, data, Stream.Null));

        StringAssert.StartsWith(error.Message, "The transformer of the column 'Tokens' cannot be converted to ONNX. Its input 'Image' is a column of images, "
            + "which ONNX has no type for: start from the column 'Tokens', or quantize a vector of pixels");
    }

    [TestMethod]
    public void Convert_MaskedModel_IsRefused_UnlessItHidesNothing()
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
        var data = TokenRows.Create();
        using var masked = context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1).Fit(data);
        using var stream = new MemoryStream();
        var error = Assert.ThrowsExactly<NotSupportedException>(() => context.Model.ConvertToOnnx(masked, data, stream));
        StringAssert.Contains(error.Message, "TokenMasking.None");
        Assert.AreEqual(0, stream.Length);

        using var whole = context.Transforms.ExtractImageGptFeatures(model, new ImageGptFeatureExtractingEstimator.Options
            { Columns = [new ImageGptFeatureColumn("Features", 1)], Masking = TokenMasking.None }).Fit(data);
        CheckEqual(context, whole, data, ["Features"], null);
    }

    [TestMethod]
    public void Convert_OpsetBeforeTheNeededOne_IsRefused()
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel();
        var data = TokenRows.Create();
        using var transformer = context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1).Fit(data);
        var error = Assert.Throws<Exception>(() => context.Model.ConvertToOnnx(transformer, data, 9, Stream.Null));
        StringAssert.Contains(error.Message, "12");
    }

    /// <summary>Converts, and applies the graph to the same keys as plain numbers, since the graph's input is no key.</summary>
    private static void CheckEqual(MLContext context, ITransformer transformer, TableView data, string[] vectors, string? label)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("pipeline.onnx");
        using (var stream = File.Create(path))
        {
            context.Model.ConvertToOnnx(transformer, data, stream);
        }

        var plain = new TableView(21)
            .AddVector("Tokens", new VectorDataViewType(NumberDataViewType.UInt16, TokenRows.Context), row => TokensOf(data, row))
            .AddVector("Decoy", new VectorDataViewType(NumberDataViewType.UInt16, TokenRows.Context), row => TokenRows.Keys(row))
            .Add("Name", TextDataViewType.Instance, row => $"row {row}".AsMemory())
            .Add("Label", NumberDataViewType.UInt32, row => (uint)(1 + (row % 2)));
        string[] names = [.. label is null ? vectors : [.. vectors, label]];
        string[] inputs = [.. OnnxInputs(path)];
        CollectionAssert.IsSubsetOf(inputs, new[] { "Tokens", "Label", "Name", "Decoy" });
        var applied = context.Transforms.ApplyOnnxModel([.. names.Select(name => name + ".output")], inputs, path).Fit(plain).Transform(plain);
        var expected = transformer.Transform(data);
        foreach (var name in vectors)
        {
            var (own, converted) = (Floats(expected, name), Floats(applied, name));
            Assert.HasCount(own.Length, converted, name);
            var largest = own.Where(float.IsFinite).Max(MathF.Abs);
            for (var i = 0; i < own.Length; i++)
            {
                Assert.AreEqual(float.IsNaN(own[i]), float.IsNaN(converted[i]), $"{name}, {i}");
                Assert.IsFalse(MathF.Abs(own[i] - converted[i]) > Tolerance * largest, $"{name}, {i}: {own[i]} and {converted[i]}");
            }
        }

        if (label is not null)
        {
            uint[] converted = [.. applied.GetColumn<VBuffer<uint>>(label).Select(value => value.GetItemOrDefault(0))];
            CollectionAssert.AreEqual(expected.GetColumn<uint>(label).ToArray(), converted);
        }
    }

    private static IEnumerable<string> OnnxInputs(string path)
    {
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(path);
        return [.. session.InputMetadata.Keys];
    }

    private static ushort[] TokensOf(IDataView data, int row) => data.GetColumn<VBuffer<ushort>>("Tokens").ElementAt(row).DenseValues().ToArray();

    private static float[] Floats(IDataView data, string name) => data.Schema[name].Type is VectorDataViewType
        ? [.. data.GetColumn<VBuffer<float>>(name).SelectMany(value => value.DenseValues().ToArray())]
        : [.. data.GetColumn<float>(name)];
}
