using IGptMl.Palettes;
using Microsoft.ML.Data;

namespace IGptMl.Completion;

/// <summary>Pictures side by side in one, such as the paper's figure of inputs, completions and originals.</summary>
public static class ImageGrid
{
    private const int MostPixels = 1 << 28;

    /// <summary>Puts pictures into rows and columns on white, each enlarged by whole pixels and in the middle of its place, which is as large as the largest of them.</summary>
    /// <param name="rows">The pictures of each row from the left; null leaves a place empty. They stay the caller's.</param>
    /// <param name="scale">How many pixels become of one, across and down, 1 to 64.</param>
    /// <param name="gap">The white pixels between two places and around all, 0 to 256.</param>
    /// <returns>The grid, which the caller disposes; its <c>Save</c> writes a PNG where the path says so.</returns>
    /// <exception cref="ArgumentException">There is no picture.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or the grid would have more than 2^28 pixels.</exception>
    public static MLImage Create(IReadOnlyList<IReadOnlyList<MLImage?>> rows, int scale = 4, int gap = 4)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 64);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gap, 256);
        MLImage[] images = [.. rows.SelectMany(row => row).OfType<MLImage>()];
        if (images.Length == 0)
        {
            throw new ArgumentException("A grid has at least one picture.", nameof(rows));
        }

        var (placeWidth, placeHeight) = (scale * images.Max(image => image.Width), scale * images.Max(image => image.Height));
        var columns = rows.Max(row => row.Count);
        long width = (columns * ((long)placeWidth + gap)) + gap, height = (rows.Count * ((long)placeHeight + gap)) + gap;
        if (width * height > MostPixels)
        {
            throw new ArgumentOutOfRangeException(nameof(rows), $"A grid of {rows.Count} rows and {columns} columns would have {width}x{height} pixels; expected at most 2^28.");
        }

        var rgb = new byte[3 * width * height];
        rgb.AsSpan().Fill(byte.MaxValue);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < rows[row].Count; column++)
            {
                if (rows[row][column] is { } image)
                {
                    var left = gap + (column * (placeWidth + gap)) + ((placeWidth - (scale * image.Width)) / 2);
                    var top = gap + (row * (placeHeight + gap)) + ((placeHeight - (scale * image.Height)) / 2);
                    Paint(image, scale, rgb, (int)width, left, top);
                }
            }
        }

        return ImagePixels.FromRgb(rgb, (int)width, (int)height);
    }

    private static void Paint(MLImage image, int scale, byte[] rgb, int width, int left, int top)
    {
        var pixels = new byte[ImagePixels.CountRgb(image)];
        ImagePixels.CopyRgb(image, pixels);
        for (var y = 0; y < scale * image.Height; y++)
        {
            for (var x = 0; x < scale * image.Width; x++)
            {
                var from = 3 * ((y / scale * image.Width) + (x / scale));
                pixels.AsSpan(from, 3).CopyTo(rgb.AsSpan(3 * (((top + y) * width) + left + x)));
            }
        }
    }
}
