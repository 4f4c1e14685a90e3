using System.Buffers;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>Square images whose channels are stored one after the other.</summary>
internal static class PlanarImage
{
    /// <summary>Creates an image.</summary>
    /// <param name="planes">3 x size x size bytes: all red values, then green, then blue.</param>
    /// <param name="size">Height and width in pixels.</param>
    /// <param name="columnMajor">Whether a channel is stored column by column instead of row by row.</param>
    /// <returns>The image, which the caller owns.</returns>
    public static MLImage Create(ReadOnlySpan<byte> planes, int size, bool columnMajor)
    {
        var plane = size * size;
        var buffer = ArrayPool<byte>.Shared.Rent(4 * plane);
        var rgba = buffer.AsSpan(0, 4 * plane);
        var (right, down) = columnMajor ? (size, 1) : (1, size);
        for (int y = 0, to = 0; y < size; y++)
        {
            for (int x = 0, from = y * down; x < size; x++, from += right, to += 4)
            {
                rgba[to] = planes[from];
                rgba[to + 1] = planes[plane + from];
                rgba[to + 2] = planes[(2 * plane) + from];
                rgba[to + 3] = byte.MaxValue;
            }
        }

        var image = MLImage.CreateFromPixels(size, size, MLPixelFormat.Rgba32, rgba);
        ArrayPool<byte>.Shared.Return(buffer);
        return image;
    }
}
