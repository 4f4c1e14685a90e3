using System.Buffers;
using System.Runtime.Intrinsics;
using Microsoft.ML.Data;

namespace IGptMl.Images;

/// <summary>Copies RGB bytes from an <see cref="MLImage"/> and creates one from them.</summary>
internal static class ImagePixels
{
    /// <summary>The number of channel values of an image without alpha: 3 x width x height.</summary>
    public static int CountRgb(MLImage image) => checked(3 * image.Width * image.Height);

    /// <summary>
    /// Copies an image's channel values: R, G, B for each pixel, row-major. Alpha is dropped: a translucent pixel gives the values that the image stores,
    /// which after decoding are usually already multiplied by alpha.
    /// </summary>
    /// <param name="image">The image, Bgra32 or Rgba32.</param>
    /// <param name="rgb">Receives <see cref="CountRgb"/> values.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="NotSupportedException">The image has another pixel format.</exception>
    public static void CopyRgb(MLImage image, Span<byte> rgb)
    {
        if (rgb.Length != CountRgb(image))
        {
            throw new ArgumentException(
                $"An image of {image.Width} x {image.Height} pixels has {CountRgb(image)} channel values, not {rgb.Length}.",
                nameof(rgb));
        }

        var (red, blue) = image.PixelFormat switch
        {
            MLPixelFormat.Bgra32 => (2, 0),
            MLPixelFormat.Rgba32 => (0, 2),
            var other => throw new NotSupportedException($"Images of pixel format {other} are not supported; expected Bgra32 or Rgba32."),
        };

        var pixels = image.Pixels;
        var (from, to) = (0, 0);

        // Writes four pixels at a time and four bytes too many, which the next four pixels overwrite.
        var order = red == 0
            ? Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15)
            : Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 3, 7, 11, 15);
        for (; to + Vector128<byte>.Count <= rgb.Length; from += 16, to += 12)
        {
            Vector128.Shuffle(Vector128.Create(pixels.Slice(from, 16)), order).CopyTo(rgb[to..]);
        }

        for (; to < rgb.Length; from += 4, to += 3)
        {
            var pixel = pixels.Slice(from, 4);
            rgb[to] = pixel[red];
            rgb[to + 1] = pixel[1];
            rgb[to + 2] = pixel[blue];
        }
    }

    /// <summary>Creates an opaque image. The caller disposes it.</summary>
    /// <param name="rgb">height x width x 3 channel values, row-major.</param>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <exception cref="ArgumentException">A size is below 1, or the span's length does not match the size.</exception>
    public static MLImage FromRgb(ReadOnlySpan<byte> rgb, int width, int height)
    {
        if (width < 1 || height < 1 || rgb.Length != 3L * width * height)
        {
            throw new ArgumentException($"An RGB image of {width} x {height} pixels has {3L * width * height} channel values, not {rgb.Length}.", nameof(rgb));
        }

        var length = checked(4 * width * height);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var pixels = buffer.AsSpan(0, length);
        for (int from = 0, to = 0; to < length; from += 3, to += 4)
        {
            rgb.Slice(from, 3).CopyTo(pixels[to..]);
            pixels[to + 3] = byte.MaxValue;
        }

        var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
        ArrayPool<byte>.Shared.Return(buffer);
        return image;
    }
}
