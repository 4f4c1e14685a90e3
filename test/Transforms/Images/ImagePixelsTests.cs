using IGptMl.Images;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Images;

[TestClass]
public sealed class ImagePixelsTests
{
    [TestMethod]
    [DataRow(MLPixelFormat.Rgba32, new byte[] { 1, 2, 3, 4, 5, 6 })]
    [DataRow(MLPixelFormat.Bgra32, new byte[] { 3, 2, 1, 6, 5, 4 })]
    public void CopyRgb_EitherFormat_GivesRedGreenBlue(MLPixelFormat format, byte[] expected)
    {
        using var image = MLImage.CreateFromPixels(2, 1, format, [1, 2, 3, 255, 4, 5, 6, 255]);
        var rgb = new byte[ImagePixels.CountRgb(image)];
        ImagePixels.CopyRgb(image, rgb);
        CollectionAssert.AreEqual(expected, rgb);
    }

    [TestMethod]
    [DataRow(MLPixelFormat.Rgba32, 0)]
    [DataRow(MLPixelFormat.Bgra32, 2)]
    public void CopyRgb_AnyNumberOfPixels_GivesEachOfThem(MLPixelFormat format, int redAt)
    {
        for (var width = 1; width < 40; width++)
        {
            var pixels = Enumerable.Range(0, 4 * width).Select(i => (byte)(i % 4 == 3 ? 255 : i)).ToArray();
            using var image = MLImage.CreateFromPixels(width, 1, format, pixels);
            var rgb = new byte[3 * width];
            ImagePixels.CopyRgb(image, rgb);
            for (var x = 0; x < width; x++)
            {
                byte[] expected = [pixels[(4 * x) + redAt], pixels[(4 * x) + 1], pixels[(4 * x) + 2 - redAt]];
                CollectionAssert.AreEqual(expected, rgb[(3 * x)..((3 * x) + 3)], $"pixel {x} of {width}");
            }
        }
    }

    [TestMethod]
    public void CopyRgb_DecodedPng_HasThePixelsOfTheFile()
    {
        // The reference image is 131 x 97. Its tokens, which other tests compare, would differ if channels were swapped.
        var (rgb, width, height) = ProcessorReference.ReadImage(2);
        Assert.AreEqual((131, 97), (width, height));
        Assert.HasCount(3 * 131 * 97, rgb);
    }

    [TestMethod]
    public void FromRgb_CopyRgb_ComesBackOpaque()
    {
        byte[] rgb = [.. Enumerable.Range(0, 3 * 5 * 4).Select(i => (byte)(4 * i))];
        using var image = ImagePixels.FromRgb(rgb, 5, 4);
        Assert.AreEqual((5, 4), (image.Width, image.Height));
        Assert.AreEqual(255, image.Pixels[3]);
        var back = new byte[rgb.Length];
        ImagePixels.CopyRgb(image, back);
        CollectionAssert.AreEqual(rgb, back);
    }

    [TestMethod]
    public void CopyRgbAndFromRgb_LengthWrong_Throw()
    {
        using var image = ImagePixels.FromRgb(new byte[12], 2, 2);
        var error = Assert.ThrowsExactly<ArgumentException>(() => ImagePixels.CopyRgb(image, new byte[16]));
        StringAssert.Contains(error.Message, "An image of 2 x 2 pixels has 12 channel values, not 16.");
        Assert.ThrowsExactly<ArgumentException>(() => ImagePixels.FromRgb(new byte[12], 2, 3));
        Assert.ThrowsExactly<ArgumentException>(() => ImagePixels.FromRgb([], 0, 0));
    }
}
