using IGptMl.Images;
using IGptMl.Numerics;

namespace IGptMl.Tests.Images;

[TestClass]
public sealed class CropWindowTests
{
    // Computed with torchvision's formulas: the longer side is int(224 * long / short), the offset round((side - 224) / 2) with halves to even.
    [TestMethod]
    [DataRow(640, 480, 298, 224, 37, 0)]
    [DataRow(480, 640, 224, 298, 0, 37)]
    [DataRow(224, 224, 224, 224, 0, 0)]
    [DataRow(50, 50, 224, 224, 0, 0)]
    [DataRow(229, 224, 229, 224, 2, 0)]
    [DataRow(227, 224, 227, 224, 2, 0)]
    [DataRow(1, 3, 224, 672, 0, 224)]
    public void Center_IsWhereTorchvisionHasIt(int width, int height, int resizedWidth, int resizedHeight, int left, int top)
        => Assert.AreEqual(new CropWindow(resizedWidth, resizedHeight, left, top), CropWindow.Center(width, height));

    [TestMethod]
    [DataRow(500, 375)]
    [DataRow(96, 96)]
    [DataRow(20, 900)]
    public void Random_CoversSizesAndPlaces(int width, int height)
    {
        var windows = Enumerable.Range(0, 5000).Select(row => CropWindow.Random(width, height, new SplitMix64((ulong)row))).ToList();
        var shortSides = windows.Select(window => Math.Min(window.Width, window.Height)).Distinct().ToArray();
        CollectionAssert.AreEquivalent(Enumerable.Range(256, 129).ToArray(), shortSides);
        foreach (var window in windows)
        {
            var shortSide = Math.Min(window.Width, window.Height);
            Assert.AreEqual(shortSide * Math.Max(width, height) / Math.Min(width, height), Math.Max(window.Width, window.Height));
            Assert.IsInRange(0, window.Width - 224, window.Left);
            Assert.IsInRange(0, window.Height - 224, window.Top);
        }

        // Every position is equally likely: the mean is the middle, and positions near both ends occur.
        Assert.AreEqual(0.5, windows.Average(window => (double)window.Left / (window.Width - 224)), 0.02);
        Assert.AreEqual(0.5, windows.Average(window => (double)window.Top / (window.Height - 224)), 0.02);
        Assert.IsTrue(windows.Exists(window => window.Top <= (window.Height - 224) / 20)
            && windows.Exists(window => window.Top >= (window.Height - 224) * 19 / 20));
    }

    [TestMethod]
    public void Random_LineOfPixels_StaysWithinIntegers()
    {
        var window = CropWindow.Random(1, 700_000_000, new SplitMix64(1));
        Assert.AreEqual(int.MaxValue, window.Height);
        Assert.IsInRange(0, int.MaxValue - 224, window.Top);
    }
}
