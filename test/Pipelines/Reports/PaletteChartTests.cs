using IGptMl.Images;
using IGptMl.Reports;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace IGptMl.Tests.Reports;

[TestClass]
public sealed class PaletteChartTests
{
    private static readonly SKColor Red = new(200, 60, 40), Blue = new(20, 40, 180), Brick = new(190, 70, 40);

    [TestMethod]
    public void Write_Colors_HaveOneTileEach()
    {
        using var chart = Draw(Palette.FromColors([20, 40, 180, 200, 60, 40]));
        Assert.AreEqual(1200, chart.Width);
        Assert.IsTrue(Count(chart, Red) is > 700 and <= 1024, $"{Count(chart, Red)}");
        Assert.IsTrue(Count(chart, Blue) is > 700 and <= 1024, $"{Count(chart, Blue)}");
    }

    [TestMethod]
    public void Write_Picture_ShowsItBeforeAndAfter()
    {
        // 2 x 2 pixels, each 60 x 60 on the chart: three of a palette color, and one of another color.
        var palette = Palette.FromColors([20, 40, 180, 200, 60, 40]);
        using var without = Draw(palette);
        using var image = ImagePixels.FromRgb([20, 40, 180, 190, 70, 40, 20, 40, 180, 20, 40, 180], 2, 2);
        using var chart = Draw(palette, ImageRows.Of(image));
        Assert.AreEqual(3600, Count(chart, Brick));
        Assert.AreEqual(3600, Count(chart, Red) - Count(without, Red));
        Assert.AreEqual(6 * 3600, Count(chart, Blue) - Count(without, Blue));
    }

    [TestMethod]
    public void Write_MostColors_FitsThemAll()
    {
        var colors = new byte[3 * Palette.MaxCount];
        new Random(1).NextBytes(colors);
        using var chart = Draw(Palette.FromColors(colors));
        Assert.IsGreaterThan(2000, chart.Height);
    }

    [TestMethod]
    public void Write_Images_GivesTheErrorOfTheirPixels()
    {
        var palette = Palette.FromColors([20, 40, 180, 200, 60, 40]);
        using var exact = ImagePixels.FromRgb([20, 40, 180, 200, 60, 40, 20, 40, 180, 20, 40, 180], 2, 2);
        using var other = ImagePixels.FromRgb([20, 40, 180, 190, 60, 40, 20, 40, 180, 20, 40, 180], 2, 2);
        var metrics = PaletteChart.Write(Stream.Null, palette, ImageRows.Of(exact, null, other), imageSize: 2)!;
        Assert.AreEqual(8, metrics.Pixels);
        Assert.AreEqual(10.0 / 8, metrics.MeanColorError, 1e-4);
        Assert.AreEqual(4, PaletteChart.Write(Stream.Null, palette, ImageRows.Of(exact, other), imageSize: 2, maximumRows: 1)!.Pixels);
        Assert.IsNull(PaletteChart.Write(Stream.Null, palette, ImageRows.Of((MLImage?)null), imageSize: 2));
    }

    [TestMethod]
    public void Write_WrongArguments_AreRefused()
    {
        var palette = Palette.FromColors(new byte[6]);
        var images = ImageRows.Create(1);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => PaletteChart.Write(Stream.Null, palette, images, imageSize: 0, maximumRows: 0));
        StringAssert.StartsWith(error.Message, "imageSize is 0; expected 1 to 256. maximumRows is 0; expected at least 1.");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => PaletteChart.Write(Stream.Null, palette, images, "Name"));
    }

    [TestMethod]
    [DataRow(0, 0, 0, "grays")]
    [DataRow(128, 128, 128, "grays")]
    [DataRow(255, 0, 0, "reds")]
    [DataRow(139, 90, 43, "browns")]
    [DataRow(255, 255, 0, "yellows")]
    [DataRow(0, 128, 0, "greens")]
    [DataRow(0, 200, 200, "cyans")]
    [DataRow(0, 0, 255, "blues")]
    [DataRow(128, 0, 128, "purples")]
    [DataRow(255, 105, 180, "pinks")]
    public void Family_OfAColor_IsWhatPeopleCallIt(int red, int green, int blue, string name)
        => Assert.AreEqual(name, ColorFamily.Names[ColorFamily.Of((byte)red, (byte)green, (byte)blue).Family]);

    [TestMethod]
    public void Lightness_OfGrays_Rises()
    {
        var grays = Enumerable.Range(0, 256).Select(v => ColorFamily.Of((byte)v, (byte)v, (byte)v).Lightness).ToArray();
        CollectionAssert.AreEqual(grays.Order().Distinct().ToArray(), grays);
        Assert.AreEqual(0, grays[0], 1e-6);
        Assert.AreEqual(1, grays[255], 1e-6);
    }

    private static SKBitmap Draw(Palette palette, IDataView? images = null)
    {
        using var stream = new MemoryStream();
        if (images is null)
        {
            PaletteChart.Write(stream, palette);
        }
        else
        {
            PaletteChart.Write(stream, palette, images, imageSize: 2);
        }

        return SKBitmap.Decode(stream.ToArray());
    }

    private static int Count(SKBitmap bitmap, SKColor color) => bitmap.Pixels.Count(pixel => pixel == color);
}
