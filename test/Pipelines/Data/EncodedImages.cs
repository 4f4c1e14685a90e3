using IGptMl.Reports;

namespace IGptMl.Tests.Data;

/// <summary>Small images of random pixels, encoded as PNG.</summary>
internal static class EncodedImages
{
    internal static byte[] Png(int seed, int size = 5)
    {
        var rgb = new byte[size * size * 3];
        new Random(seed).NextBytes(rgb);
        return PngPicture.Encode(rgb, size, size, scale: 1);
    }
}
