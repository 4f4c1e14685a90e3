using SkiaSharp;

namespace IGptMl.Reports;

/// <summary>Encodes small images as PNG.</summary>
internal static class PngPicture
{
    /// <summary>Encodes channel values (height, width, 3); each pixel becomes a square of <paramref name="scale"/> pixels.</summary>
    internal static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height, int scale)
    {
        var target = new byte[width * scale * height * scale * 4];
        for (int y = 0, to = 0; y < height * scale; y++)
        {
            for (var x = 0; x < width * scale; x++, to += 4)
            {
                rgb.Slice(3 * ((y / scale * width) + (x / scale)), 3).CopyTo(target.AsSpan(to));
                target[to + 3] = byte.MaxValue;
            }
        }

        using var image = SKImage.FromPixelCopy(new SKImageInfo(width * scale, height * scale, SKColorType.Rgba8888, SKAlphaType.Opaque), target);
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
