using IGptMl.Reports;
using SkiaSharp;

namespace IGptMl.Tests.Reports;

[TestClass]
public sealed class PaletteChartTests
{
    private static readonly SKColor Red = new(200, 60, 40), Blue = new(20, 40, 180), Brick = new(190, 70, 40);

    [TestMethod]
    public void Write_Colors_HaveOneTileEach()
    {
        using var chart = Draw(Palette.FromColors([20, 40, 180, 200, 60, 40]), []);
        Assert.AreEqual(1200, chart.Width);
        Assert.IsTrue(Count(chart, Red) is > 700 and <= 1024, $"{Count(chart, Red)}");
        Assert.IsTrue(Count(chart, Blue) is > 700 and <= 1024, $"{Count(chart, Blue)}");
    }

    [TestMethod]
    public void Write_Picture_ShowsItBeforeAndAfter()
    {
        // 2 x 2 pixels, each 60 x 60 on the chart: three of a color that the palette has, one that it has not.
        var palette = Palette.FromColors([20, 40, 180, 200, 60, 40]);
        using var without = Draw(palette, []);
        using var chart = Draw(palette, [(byte[])[20, 40, 180, 190, 70, 40, 20, 40, 180, 20, 40, 180]]);
        Assert.AreEqual(3600, Count(chart, Brick));
        Assert.AreEqual(3600, Count(chart, Red) - Count(without, Red));
        Assert.AreEqual(6 * 3600, Count(chart, Blue) - Count(without, Blue));
    }

    [TestMethod]
    public void Write_MostColors_FitsThemAll()
    {
        var colors = new byte[3 * Palette.MaxCount];
        new Random(1).NextBytes(colors);
        using var chart = Draw(Palette.FromColors(colors), []);
        Assert.IsGreaterThan(2000, chart.Height);
    }

    [TestMethod]
    public void Write_PictureOfAnotherSize_IsRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => PaletteChart.Write(Stream.Null, Palette.FromColors(new byte[6]), [new byte[12], new byte[27]], 2));
        StringAssert.StartsWith(error.Message, "A picture of 2 x 2 pixels has 12 channel values, not 27.");
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

    private static SKBitmap Draw(Palette palette, IReadOnlyList<ReadOnlyMemory<byte>> pictures)
    {
        using var stream = new MemoryStream();
        PaletteChart.Write(stream, palette, pictures, 2);
        return SKBitmap.Decode(stream.ToArray());
    }

    private static int Count(SKBitmap bitmap, SKColor color) => bitmap.Pixels.Count(pixel => pixel == color);
}
