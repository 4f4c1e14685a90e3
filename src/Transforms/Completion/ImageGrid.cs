using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl;

/// <summary>Arranges images in a grid, such as the paper's figure of inputs, completions and originals.</summary>
public static class ImageGrid
{
    private const int MostPixels = 1 << 28;

    /// <summary>
    /// Arranges images in rows and columns on white. Each is enlarged by an integer factor and centered in its cell; all cells have the size of the largest
    /// image.
    /// </summary>
    /// <param name="rows">The images of each row from the left; null leaves a cell empty. The caller still owns them.</param>
    /// <param name="scale">The factor by which images are enlarged, 1 to 64.</param>
    /// <param name="gap">The white pixels between cells and around the grid, 0 to 256.</param>
    /// <returns>The grid, which the caller disposes; its <c>Save</c> writes a PNG file if the path has that extension.</returns>
    /// <exception cref="ArgumentException">There is no image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or the grid would have more than 2^28 pixels.</exception>
    public static MLImage Create(IReadOnlyList<IReadOnlyList<MLImage?>> rows, int scale = 4, int gap = 4)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Compose([.. rows.Select(row => (IReadOnlyList<Picture?>)[.. row.Select(Picture.Of)])], scale, gap);
    }

    /// <summary>Arranges the images of some columns side by side, for each of the first rows of the data.</summary>
    /// <param name="data">Data with columns of images, such as the output of CompleteImages.</param>
    /// <param name="columnNames">The columns, from the left. A row without an image leaves a cell empty.</param>
    /// <param name="maximumRows">The maximum number of rows to read, at least 1.</param>
    /// <param name="scale">The factor by which images are enlarged, 1 to 64.</param>
    /// <param name="gap">The white pixels between cells and around the grid, 0 to 256.</param>
    /// <param name="abreast">The number of rows of the data per row of the grid, at least 1.</param>
    /// <returns>The grid, which the caller disposes; its <c>Save</c> writes a PNG file if the path has that extension.</returns>
    /// <exception cref="ArgumentException">There is no image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A column is missing or has another type, an argument is out of range, or the grid would have more than 2^28 pixels.
    /// </exception>
    public static MLImage Create(IDataView data, IReadOnlyList<string> columnNames, int maximumRows = 16, int scale = 4, int gap = 4, int abreast = 1)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(columnNames);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(abreast, 1);
        var columns = columnNames.Select(name => ImageColumn.Require(data.Schema, null, name)).ToList();
        using var cursor = data.GetRowCursor(columns);
        var getters = columns.Select(column => cursor.GetGetter<MLImage>(column)).ToList();
        var images = new MLImage[columns.Count]; // the same variables for every row, so that the getters dispose the previous images
        var rows = new List<IReadOnlyList<Picture?>>();
        while (rows.Count < maximumRows && cursor.MoveNext())
        {
            rows.Add([.. getters.Select((getter, i) =>
            {
                getter(ref images[i]);
                return Picture.Of(images[i]);
            })]);
        }

        return Compose([.. rows.Chunk(abreast).Select(some => (IReadOnlyList<Picture?>)[.. some.SelectMany(row => row)])], scale, gap);
    }

    private static MLImage Compose(List<IReadOnlyList<Picture?>> rows, int scale, int gap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, 64);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gap, 256);
        Picture[] pictures = [.. rows.SelectMany(row => row).OfType<Picture>()];
        if (pictures.Length == 0)
        {
            throw new ArgumentException("A grid needs at least one image.", nameof(rows));
        }

        var (placeWidth, placeHeight) = (scale * pictures.Max(picture => picture.Width), scale * pictures.Max(picture => picture.Height));
        var columns = rows.Max(row => row.Count);
        long width = (columns * ((long)placeWidth + gap)) + gap, height = (rows.Count * ((long)placeHeight + gap)) + gap;
        if (width * height > MostPixels)
        {
            throw new ArgumentOutOfRangeException(nameof(rows),
                $"A grid of {rows.Count} rows and {columns} columns would have {width}x{height} pixels; expected at most 2^28.");
        }

        var rgb = new byte[3 * width * height];
        rgb.AsSpan().Fill(byte.MaxValue);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < rows[row].Count; column++)
            {
                if (rows[row][column] is { } picture)
                {
                    var left = gap + (column * (placeWidth + gap)) + ((placeWidth - (scale * picture.Width)) / 2);
                    var top = gap + (row * (placeHeight + gap)) + ((placeHeight - (scale * picture.Height)) / 2);
                    picture.Paint(rgb, (int)width, left, top, scale);
                }
            }
        }

        return ImagePixels.FromRgb(rgb, (int)width, (int)height);
    }

    /// <summary>A copy of an image's pixels, as R, G, B.</summary>
    private sealed record Picture(byte[] Rgb, int Width, int Height)
    {
        internal static Picture? Of(MLImage? image)
        {
            if (image is null)
            {
                return null;
            }

            var rgb = new byte[ImagePixels.CountRgb(image)];
            ImagePixels.CopyRgb(image, rgb);
            return new Picture(rgb, image.Width, image.Height);
        }

        internal void Paint(byte[] target, int stride, int left, int top, int scale)
        {
            for (var y = 0; y < scale * Height; y++)
            {
                for (var x = 0; x < scale * Width; x++)
                {
                    Rgb.AsSpan(3 * ((y / scale * Width) + (x / scale)), 3).CopyTo(target.AsSpan(3 * (((top + y) * stride) + left + x)));
                }
            }
        }
    }
}
