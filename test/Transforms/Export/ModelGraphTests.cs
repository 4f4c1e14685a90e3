using System.Security.Cryptography;
using IGptMl.Images;
using IGptMl.Palettes;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.Images;
using IGptMl.Tests.Network;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace IGptMl.Tests.Export;

/// <summary>Every kind of graph, run in ONNX Runtime. Errors are relative: the largest difference divided by the largest magnitude.</summary>
[TestClass]
public sealed class ModelGraphTests
{
    private const double Tolerance = 1e-5;

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void Features_AreTheReferences(string name)
    {
        using var reference = new ReferenceModel(name);
        var config = reference.Config;
        int[] layers = [.. Enumerable.Range(0, config.Layers + 1).Reverse()];
        using var run = Export(reference.Model, new OnnxExportOptions { Layers = layers });
        var found = run.Run<float>("features", Tokens(reference));
        for (var l = 0; l < layers.Length; l++)
        {
            float[] own = [.. Enumerable.Range(0, 3)
                .SelectMany(row => found.Skip(((row * layers.Length) + l) * config.EmbeddingSize).Take(config.EmbeddingSize))];
            AssertClose(reference.Values($"features.{layers[l]}"), own, $"{name}, layer {layers[l]}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void LogitsAndLikelihood_AreTheReferences(string name)
    {
        using var reference = new ReferenceModel(name);
        using var logits = Export(reference.Model, new OnnxExportOptions { Content = OnnxContent.Logits });
        AssertClose(reference.Values("logits"), logits.Run<float>("logits", Tokens(reference)), name);
        using var likelihood = Export(reference.Model, new OnnxExportOptions { Content = OnnxContent.Likelihood });
        AssertClose(reference.Values("nll_per_image"), likelihood.Run<float>("nats_per_token", Tokens(reference)), name);
        AssertClose([.. reference.Values("nll_per_image").Select(nats => nats * reference.Config.ContextLength)],
            likelihood.Run<float>("nats_per_image", Tokens(reference)), name);
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void Step_FromTokenToToken_CompletesAsTheReference(string name)
    {
        using var reference = new ReferenceModel(name);
        using var run = Export(reference.Model, new OnnxExportOptions { Content = OnnxContent.Step });
        var config = reference.Config;
        var size = config.EmbeddingSize / config.Heads;
        var given = reference.Integers("tokens");
        var expected = reference.Values("logits");
        long[] token = [config.Colors, config.Colors, config.Colors];
        var past = new Dictionary<string, (float[] Values, int[] Shape)>();
        for (var l = 0; l < config.Layers; l++)
        {
            past[$"keys.{l}"] = past[$"values.{l}"] = ([], [3, config.Heads, 0, size]);
        }

        var completed = new List<long>();
        for (var i = 0; i < config.ContextLength; i++)
        {
            var results = run.RunAll([OnnxRun.Value("token", token, 3, 1), .. past.Select(p => OnnxRun.Value("past_" + p.Key, p.Value.Values, p.Value.Shape))]);
            float[][] logits = [.. results["logits"].Buffer.ToArray().Chunk(config.Colors)];
            if (i <= config.ContextLength / 2)
            {
                float[] own = [.. Enumerable.Range(0, 3)
                    .SelectMany(row => expected.Skip(((row * config.ContextLength) + i) * config.Colors).Take(config.Colors))];
                AssertClose(own, [.. logits.SelectMany(row => row)], $"{name}, position {i}");
            }

            token = i < config.ContextLength / 2
                ? [.. Enumerable.Range(0, 3).Select(row => given[(row * config.ContextLength) + i])]
                : [.. logits.Select(row => (long)row.IndexOf(row.Max()))];
            completed.AddRange(i < config.ContextLength / 2 ? [] : token);
            foreach (var key in past.Keys.ToList())
            {
                var present = results["present_" + key];
                past[key] = (present.Buffer.ToArray(), present.Dimensions.ToArray());
            }
        }

        var half = config.ContextLength / 2;
        long[] byRow = [.. Enumerable.Range(0, 3).SelectMany(row => Enumerable.Range(0, half).Select(i => completed[(i * 3) + row]))];
        CollectionAssert.AreEqual(reference.Integers("greedy_second_half"), byRow, name);
    }

    [TestMethod]
    [DataRow(12)]
    [DataRow(13)]
    [DataRow(OnnxExportOptions.MaxOpset)]
    public void Likelihood_InEachFormOfTheOperators_IsTheReferences(int opset)
    {
        using var reference = new ReferenceModel("tiny");
        using var run = Export(reference.Model, new OnnxExportOptions { Content = OnnxContent.Likelihood, Opset = opset });
        AssertClose(reference.Values("nll_per_image"), run.Run<float>("nats_per_token", Tokens(reference)), $"opset {opset}");
    }

    [TestMethod]
    [DataRow(ImageCropping.Squash)]
    [DataRow(ImageCropping.CenterCrop)]
    public void Pixels_OfPhotographsAndOddSizes_GiveTheSameTokensAndFeatures(ImageCropping cropping)
    {
        var palette = ProcessorReference.OpenAiPalette;
        var config = TinyImageGpt.Config with { ImageSize = ProcessorReference.Side, Colors = palette.Count };
        using var palettes = ImageGptModel.CreateUntrained(config, palette);
        using var model = palettes.WithCropping(cropping);
        using var run = Export(model, new OnnxExportOptions { FromPixels = true, Layers = [1] });
        Assert.AreEqual("image:Byte[batch,height,width,3]", run.Inputs);
        var expected = ProcessorReference.ReadTokens();
        var (same, all) = (0, 0);
        for (var i = 0; i < ProcessorReference.Images; i++)
        {
            var (rgb, width, height) = ProcessorReference.ReadImage(i);
            var tokens = run.Run<long>("tokens", OnnxRun.Value("image", rgb, 1, height, width, 3));
            var own = cropping == ImageCropping.Squash ? expected[i] : Cropped(rgb, width, height, palette);
            same += tokens.Zip(own).Count(pair => pair.First == pair.Second);
            all += own.Length;
            var features = new float[config.EmbeddingSize];
            using var lease = model.Lease(torch.CPU);
            lease.Executor.Features([.. tokens.Select(token => (ushort)token)], 1, [1], null, features);
            AssertClose(features, run.Run<float>("features", OnnxRun.Value("image", rgb, 1, height, width, 3)), $"image {i}");
        }

        Assert.AreEqual(all, same, "tokens that are equal");
    }

    [TestMethod]
    public void Pixels_OfAllKindsOfColors_OfTheRightSize_GiveExactlyTheSameTokens()
    {
        // Red and blue are equally far from the colors 1 and 2, which are equal, and grey from several: the lowest index wins.
        var palette = Palette.FromColors([0, 0, 0, 200, 10, 10, 200, 10, 10, 255, 255, 255, 0, 0, 255, 100, 0, 0, 0, 100, 0, 0, 0, 100]);
        using var model = ImageGptModel.CreateUntrained(TinyImageGpt.Config with { ImageSize = 64 }, palette);
        using var run = Export(model, new OnnxExportOptions { FromPixels = true, Layers = [0] });
        var rgb = new byte[2 * 64 * 64 * 3];
        new Random(1).NextBytes(rgb);
        for (var i = 0; i < 3000; i++)
        {
            rgb[i] = (byte)(i / 3 % 256); // greys
        }

        var expected = new ushort[2 * 64 * 64];
        new PaletteQuantizer(palette).Assign(rgb, expected);
        var tokens = run.Run<long>("tokens", OnnxRun.Value("image", rgb, 2, 64, 64, 3));
        CollectionAssert.AreEqual(expected.Select(token => (long)token).ToArray(), tokens);
    }

    [TestMethod]
    public void MaskedModel_TakesTheHiddenTokens()
    {
        using var model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
        var keys = Enumerable.Range(0, 3).SelectMany(TokenRows.Keys).Select(key => (ushort)(key - 1)).ToArray();
        var mask = new TokenMasking { Probability = 0.3, Seed = 7 }.Draw(keys, 3)!;
        NamedOnnxValue[] inputs =
        [
            OnnxRun.Value("tokens", keys.Select(key => (long)key).ToArray(), 3, TokenRows.Context),
            OnnxRun.Value("hidden", Enumerable.Range(0, 3).SelectMany(row => mask[row].ToArray()).ToArray(), 3, TokenRows.Context),
        ];
        using var lease = model.Lease(torch.CPU);
        var features = new float[3 * 2 * model.Config.EmbeddingSize];
        lease.Executor.Features(keys, 3, [1, 2], mask, features);
        using var featureRun = Export(model, new OnnxExportOptions { Layers = [1, 2] });
        AssertClose(features, featureRun.Run<float>("features", inputs), "features");

        var nats = new float[3 * TokenRows.Context];
        lease.Executor.NegativeLogLikelihood(keys, 3, mask, nats);
        float[] sums = [.. Enumerable.Range(0, 3).Select(row => Enumerable.Range(0, TokenRows.Context)
            .Where(i => mask[row][i]).Sum(i => nats[(row * TokenRows.Context) + i]))];
        using var likelihoodRun = Export(model, new OnnxExportOptions { Content = OnnxContent.Likelihood });
        AssertClose(sums, likelihoodRun.Run<float>("nats_per_image", inputs), "likelihood");
    }

    [TestMethod]
    public void Float16_HalvesTheFile_AndCostsLittle()
    {
        using var reference = new ReferenceModel("small");
        using var folder = new TemporaryFolder();
        var (whole, half) = (folder.Combine("whole.onnx"), folder.Combine("half.onnx"));
        reference.Model.SaveAsOnnx(whole, new OnnxExportOptions { Layers = [2] });
        reference.Model.SaveAsOnnx(half, new OnnxExportOptions { Layers = [2], Float16 = true });
        Assert.IsLessThan(0.6, new FileInfo(half).Length / (double)new FileInfo(whole).Length);
        using var run = new OnnxRun(half);
        Assert.AreEqual("float16", run.Metadata["weights"]);
        AssertClose(reference.Values("features.2"), run.Run<float>("features", Tokens(reference)), "float16", 5e-3);
    }

    [TestMethod]
    public void Metadata_DescribesTheModel()
    {
        using var reference = new ReferenceModel("tiny");
        using var folder = new TemporaryFolder();
        using var run = Export(reference.Model, new OnnxExportOptions { Layers = [2, 0] });
        Assert.AreEqual("tokens:Int64[batch,64]", run.Inputs);
        Assert.AreEqual("features:Single[batch,64]", run.Outputs);
        Assert.AreEqual("features", run.Metadata["content"]);
        Assert.AreEqual("2,0", run.Metadata["layers"]);
        Assert.AreEqual("8", run.Metadata["image_size"]);
        Assert.AreEqual("Squash", run.Metadata["cropping"]);
        StringAssert.StartsWith(run.Metadata["palette"], "[\"#");
        reference.Model.Save(folder.Combine("model.zip"));
        using var zip = System.IO.Compression.ZipFile.OpenRead(folder.Combine("model.zip"));
        using var weights = zip.Entries.Single(entry => entry.Name.EndsWith(".safetensors", StringComparison.Ordinal)).Open();
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(weights)), run.Metadata["weights_sha256"]);
    }

    [TestMethod]
    public void Options_ThatTheModelCannotFulfil_AreNamed()
    {
        using var masked = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
        AssertRefused(masked, new OnnxExportOptions { Content = OnnxContent.Step }, "masked (BERT)");
        using var plain = TinyImageGpt.CreateModel();
        AssertRefused(plain, new OnnxExportOptions { FromPixels = true }, "no palette");
        AssertRefused(plain, new OnnxExportOptions { Layers = [3] }, "3");
        AssertRefused(plain, new OnnxExportOptions { Opset = 11 }, "12 to 21");
        AssertRefused(plain, new OnnxExportOptions { Layers = [1], Content = OnnxContent.Logits }, "only Features have layers");
    }

    private static void AssertRefused(ImageGptModel model, OnnxExportOptions options, string part)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ArgumentException>(() => model.SaveAsOnnx(folder.Combine("model.onnx"), options));
        StringAssert.Contains(error.Message, part);
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }

    private static long[] Cropped(byte[] rgb, int width, int height, Palette palette)
    {
        var window = new byte[CropWindow.Side * CropWindow.Side * 3];
        var square = new byte[ProcessorReference.Side * ProcessorReference.Side * 3];
        if (width == ProcessorReference.Side && height == ProcessorReference.Side)
        {
            square = rgb;
        }
        else
        {
            ImageResampler.ResizeAndCrop(rgb, width, height, CropWindow.Center(width, height), window);
            ImageResampler.Resize(window, CropWindow.Side, CropWindow.Side, ProcessorReference.Side, ProcessorReference.Side, square);
        }

        var tokens = new ushort[ProcessorReference.Side * ProcessorReference.Side];
        new PaletteQuantizer(palette).Assign(square, tokens);
        return [.. tokens.Select(token => (long)token)];
    }

    private static OnnxRun Export(ImageGptModel model, OnnxExportOptions options)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.onnx");
        model.SaveAsOnnx(path, options);
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.Path));
        return new OnnxRun(path);
    }

    private static NamedOnnxValue Tokens(ReferenceModel reference)
        => OnnxRun.Value("tokens", reference.Integers("tokens"), 3, reference.Config.ContextLength);

    private static void AssertClose(float[] expected, float[] actual, string what, double tolerance = Tolerance)
    {
        Assert.HasCount(expected.Length, actual, what);
        var error = expected.Zip(actual, (e, a) => (double)MathF.Abs(e - a)).Max() / expected.Max(MathF.Abs);
        Assert.IsLessThan(tolerance, error, $"{what}: relative error {error:E1}");
    }
}
