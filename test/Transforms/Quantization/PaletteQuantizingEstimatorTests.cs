using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Quantization;

[TestClass]
public sealed class PaletteQuantizingEstimatorTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Tokens_OfPlainImages_AreTheirNearestColors()
    {
        // Approximately black, blue, green, cyan, red, magenta, yellow, white.
        for (var color = 0; color < 8; color++)
        {
            var (r, g, b) = TinyImageGpt.Palette.GetColor(color);
            using var image = ImageRows.Plain(9, 5, Off(r), Off(g), Off(b));
            CollectionAssert.AreEqual(Enumerable.Repeat(color + 1.0, 16).ToArray(), Tokens(image));
        }

        static byte Off(byte value) => (byte)(value == 0 ? 20 : 235);
    }

    [TestMethod]
    public void Tokens_RasterOrder_GoRowByRow()
    {
        using var image = Half(top: 255);
        CollectionAssert.AreEqual((double[])[.. Enumerable.Repeat(8.0, 8), .. Enumerable.Repeat(1.0, 8)], Tokens(image));
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(1, 7)]
    [DataRow(5000, 3000)]
    public void Tokens_OfAnySize_AreThere(int width, int height)
    {
        using var image = ImageRows.Plain(width, height, 255, 0, 0);
        CollectionAssert.AreEqual(Enumerable.Repeat(5.0, 16).ToArray(), Tokens(image));
    }

    [TestMethod]
    public void Tokens_OfBothPixelFormats_AreEqual()
    {
        using var rgba = ImageRows.Plain(4, 4, 255, 0, 0, MLPixelFormat.Rgba32);
        using var bgra = ImageRows.Plain(4, 4, 255, 0, 0, MLPixelFormat.Bgra32);
        Assert.AreNotEqual(rgba.PixelFormat, bgra.PixelFormat);
        CollectionAssert.AreEqual(Tokens(rgba), Tokens(bgra));
    }

    [TestMethod]
    public void Tokens_OfAGrayFile_AreGray()
    {
        using var folder = new TemporaryFolder();
        using var image = MLImage.CreateFromFile(folder.Write("gray.png", GrayPng.Create(2, 2, [0, 0, 255, 255])));
        CollectionAssert.AreEqual((double[])[.. Enumerable.Repeat(1.0, 8), .. Enumerable.Repeat(8.0, 8)], Tokens(image));
    }

    [TestMethod]
    public void Tokens_OfAnImageConvertedToGrayscale_AreGray()
    {
        using var image = ImageRows.Plain(4, 4, 0, 255, 0);
        var gray = _context.Transforms.ConvertToGrayscale("Image").Fit(ImageRows.Of(image)).Transform(ImageRows.Of(image));
        var tokens = Quantizer().Fit(gray).Transform(gray);
        CollectionAssert.IsSubsetOf(RowValues.Read(tokens, ["Tokens"])[0].Values.Distinct().ToArray(), (double[])[1, 8]);
    }

    [TestMethod]
    public void Tokens_OfNoImage_AreMissing()
    {
        using var image = ImageRows.Plain(4, 4, 0, 0, 0);
        var data = ImageRows.Of(image, null, image);
        var rows = RowValues.Read(Quantizer().Fit(data).Transform(data), ["Tokens"]);
        CollectionAssert.AreEqual((double[])[1, 0, 1], rows.Select(row => row.Values.Distinct().Single()).ToArray());
    }

    [TestMethod]
    public void Images_OfTheUser_AreNotDisposed()
    {
        using var image = ImageRows.Plain(4, 4, 0, 0, 0);
        Tokens(image);
        Tokens(image);
        Assert.AreEqual(4, image.Width);
        Assert.AreEqual(64, image.Pixels.Length);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    public void Learn_NoImages_SaysSo(int missing)
    {
        var data = ImageRows.Of(new MLImage?[missing]);
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Learner(8).Fit(data));
        Assert.AreEqual("The palette cannot be learned: column 'Image' holds no image.", error.Message);
    }

    [TestMethod]
    public void Learn_SomeImagesMissing_Warns()
    {
        var messages = new List<string>();
        _context.Log += (_, log) => messages.Add(log.RawMessage);
        using var image = ImageRows.Plain(4, 4, 10, 20, 30);
        Assert.AreEqual((10, 20, 30), Learner(8).Fit(ImageRows.Of(null, image, null)).Palette.GetColor(0));
        Assert.Contains("2 rows without an image were skipped.", messages);
    }

    [TestMethod]
    public void Learn_FewColors_TakesThemAll()
    {
        using var red = ImageRows.Plain(4, 4, 255, 0, 0);
        using var blue = ImageRows.Plain(4, 4, 0, 0, 255);
        var transformer = Learner(8).Fit(ImageRows.Of(red, blue, red));
        Assert.AreEqual(8, transformer.Palette.Count);
        Assert.AreEqual((0, 0, 255), transformer.Palette.GetColor(0));
        Assert.AreEqual((255, 0, 0), transformer.Palette.GetColor(1));
        var tokens = RowValues.Read(transformer.Transform(ImageRows.Of(red, blue)), ["Tokens"]);
        CollectionAssert.AreEqual((double[])[2, 1], tokens.Select(row => row.Values.Distinct().Single()).ToArray(), "Copies of a color are never used.");
        var expected = new PaletteLearning
        {
            Sample = new() { Pixels = 48, Inertia = 0, MeanColorError = 0 }, DistinctColors = 2, Iterations = 0, Converged = true,
        };
        Assert.AreEqual(expected, transformer.Learning);
    }

    [TestMethod]
    public void Learn_Clusters_FindsTheirMiddles()
    {
        var random = new Random(1);
        var images = Enumerable.Range(0, 40).Select(i => ImageRows.Plain(4, 4, Around(i % 2 * 200), Around(100), Around(i % 2 * 100))).ToArray();
        var palette = Learner(2).Fit(ImageRows.Of(images)).Palette;
        var colors = Enumerable.Range(0, 2).Select(palette.GetColor).OrderBy(c => c.R).ToList();
        Assert.AreEqual(25, colors[0].R, 10);
        Assert.AreEqual(225, colors[1].R, 10);
        Assert.AreEqual(125, colors[0].G, 10);

        byte Around(int value) => (byte)(value + random.Next(50));
    }

    [TestMethod]
    public void Learn_SampledPixels_AreSoMany()
    {
        var images = Enumerable.Range(0, 100).Select(i => ImageRows.Random(4, 4, i)).ToArray();
        var estimator = _context.Transforms.QuantizeToPalette("Tokens", "Image", new() { ImageSize = 4, Colors = 8, SampledPixels = 1200, Seed = 1 });
        var learning = estimator.Fit(ImageRows.Of(images)).Learning!;
        Assert.AreEqual(1200, learning.Sample.Pixels);
        Assert.IsGreaterThan(0, learning.Sample.Inertia);
        Assert.IsGreaterThan(0, learning.Iterations);
    }

    [TestMethod]
    public void Learning_OfAGivenPalette_IsNull()
    {
        using var image = ImageRows.Plain(4, 4, 0, 0, 0);
        Assert.IsNull(Quantizer().Fit(ImageRows.Of(image)).Learning);
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        var options = new PaletteQuantizingEstimator.Options
        {
            OutputColumnName = "",
            InputColumnName = " ",
            ImageSize = 0,
            Cropping = (ImageCropping)9,
            Colors = 1,
            SampledPixels = 999,
            MaximumNumberOfIterations = 0,
        };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.QuantizeToPalette(options));
        Assert.AreEqual(
            "OutputColumnName is ''; expected a column name. InputColumnName is ' '; expected a column name. ImageSize is 0; expected 1 to 256. "
            + "Cropping is 9; expected Squash, CenterCrop, RandomCrop. Colors is 1; expected 2 to 65535. "
            + "SampledPixels is 999; expected 1000 to 100000000. MaximumNumberOfIterations is 0; expected 1 to 10000. (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    public void Options_OneColor_IsRefused()
        => Assert.AreEqual(
            "Colors is 1; expected 2 to 65535. (Parameter 'options')",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.QuantizeToPalette("Tokens", "Image", colors: 1)).Message);

    [TestMethod]
    public void Names_OnlyTheOutputGiven_TakeItForTheInput()
    {
        var data = ImageRows.Create(3);
        var transformer = _context.Transforms.QuantizeToPalette("Image", null, TinyImageGpt.Palette, 4).Fit(data);
        Assert.AreEqual("Image", transformer.InputColumnName);
        Assert.HasCount(3, RowValues.Read(transformer.Transform(data), ["Image"]));
    }

    private PaletteQuantizingEstimator Quantizer() => _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, imageSize: 4);

    private PaletteQuantizingEstimator Learner(int colors) => _context.Transforms.QuantizeToPalette("Tokens", "Image", imageSize: 4, colors: colors);

    private double[] Tokens(MLImage image)
    {
        var data = ImageRows.Of(image);
        return RowValues.Read(Quantizer().Fit(data).Transform(data), ["Tokens"])[0].Values;
    }

    private static MLImage Half(byte top)
    {
        var pixels = new byte[4 * 4 * 4];
        pixels.AsSpan(0, 32).Fill(top);
        return MLImage.CreateFromPixels(4, 4, MLPixelFormat.Rgba32, pixels);
    }
}
