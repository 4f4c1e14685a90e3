using IGptMl.Palettes;

namespace IGptMl.Tests.Palettes;

[TestClass]
public sealed class ColorHistogramTests
{
    [TestMethod]
    public void Of_Pixels_CountsEachColor()
    {
        (byte R, byte G, byte B)[] pixels = [(1, 2, 3), (255, 0, 128), (1, 2, 3), (0, 0, 0), (1, 2, 3), (255, 0, 128)];
        var histogram = ColorHistogram.Of([.. pixels.Select(p => ColorHistogram.ToCode(p.R, p.G, p.B))]);
        Assert.AreEqual(6, histogram.Pixels);
        var (colors, counts) = (histogram.Colors.ToArray(), histogram.Counts.ToArray());
        var found = counts.Select((count, i) => (colors[3 * i], colors[(3 * i) + 1], colors[(3 * i) + 2], count)).ToArray();
        CollectionAssert.AreEquivalent(new (byte, byte, byte, int)[] { (1, 2, 3, 3), (255, 0, 128, 2), (0, 0, 0, 1) }, found);
    }

    [TestMethod]
    public void Of_EveryChannelValue_ComesBack()
    {
        int[] codes = [.. Enumerable.Range(0, 256).Select(i => ColorHistogram.ToCode((byte)i, (byte)(255 - i), (byte)(i ^ 85)))];
        var histogram = ColorHistogram.Of(codes);
        Assert.AreEqual(256, histogram.Count);
        for (var i = 0; i < 256; i++)
        {
            var red = histogram.Colors[3 * i];
            Assert.AreEqual((255 - red, red ^ 85), (histogram.Colors[(3 * i) + 1], histogram.Colors[(3 * i) + 2]));
        }
    }
}
