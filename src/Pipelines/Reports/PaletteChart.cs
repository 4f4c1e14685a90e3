using IGptMl.Hosting;
using IGptMl.Images;
using IGptMl.Numerics;
using IGptMl.Palettes;
using IGptMl.Reports;
using Microsoft.ML;
using SkiaSharp;

namespace IGptMl;

/// <summary>
/// A palette as a PNG chart: its colors by family and lightness, each with its token if there is space, and images before and after quantization.
/// Labels are drawn in the system's default font; on a system without fonts they are missing.
/// </summary>
public static class PaletteChart
{
    private const int Width = 1200;
    private const int Margin = 36;
    private const int LabelWidth = 130;
    private const int RowWidth = Width - (2 * Margin) - LabelWidth;
    private const int PictureGap = 12;
    private const int LeastPicture = 120;

    private static readonly SKColor Ink = new(32, 33, 36);
    private static readonly SKColor Faint = new(110, 113, 118);
    private static readonly SKColor Border = new(205, 207, 210);

    /// <summary>Draws a palette's colors, and writes the chart as PNG.</summary>
    /// <param name="stream">Receives the PNG; it stays open.</param>
    /// <param name="palette">The palette.</param>
    public static void Write(Stream stream, Palette palette) => Write(stream, palette, [], 1);

    /// <summary>Draws a palette's colors and, below them, images before and after quantization to it, and writes the chart as PNG.</summary>
    /// <param name="stream">Receives the PNG; it stays open.</param>
    /// <param name="palette">The palette.</param>
    /// <param name="images">Data with a column of images. Rows without an image are left out.</param>
    /// <param name="imageColumnName">The column of images.</param>
    /// <param name="imageSize">The side in pixels of the squares that images become, 1 to 256.</param>
    /// <param name="cropping">How images become squares.</param>
    /// <param name="maximumRows">The maximum number of rows to read, at least 1.</param>
    /// <returns>How well the palette approximates the pixels of these images; null if there are no images.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or does not contain images, or an argument is out of range.</exception>
    public static PaletteMetrics? Write(
        Stream stream,
        Palette palette,
        IDataView images,
        string imageColumnName = "Image",
        int imageSize = 32,
        ImageCropping cropping = ImageCropping.Squash,
        int maximumRows = 12)
    {
        ArgumentNullException.ThrowIfNull(images);
        new OptionGuard()
            .Range(nameof(imageSize), imageSize, 1, 256)
            .Require(Enum.IsDefined(cropping), nameof(cropping), cropping, string.Join(" or ", Enum.GetNames<ImageCropping>()))
            .AtLeast(nameof(maximumRows), maximumRows, 1)
            .ThrowIfAny(nameof(images));
        var pictures = Read(images, ImageColumn.Require(images.Schema, null, imageColumnName), imageSize, cropping, maximumRows);
        Write(stream, palette, pictures, imageSize);
        return pictures.Count == 0 ? null : palette.Evaluate([.. pictures.SelectMany(picture => picture)]);
    }

    /// <summary>Draws the chart.</summary>
    /// <param name="stream">Receives the PNG.</param>
    /// <param name="palette">The colors.</param>
    /// <param name="pictures">Images before quantization: size · size · 3 channel values each, row-major, R, G, B for each pixel.</param>
    /// <param name="size">The side of the images in pixels.</param>
    private static void Write(Stream stream, Palette palette, IReadOnlyList<byte[]> pictures, int size)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(palette);

        // The height is known only after the layout, so everything is drawn twice: first to measure, then on the canvas.
        var height = Draw(null, palette, pictures, size);
        using var bitmap = new SKBitmap(Width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            Draw(canvas, palette, pictures, size);
        }

        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        png.SaveTo(stream);
    }

    /// <summary>Reads the pixels of the first rows.</summary>
    private static List<byte[]> Read(IDataView images, DataViewSchema.Column column, int size, ImageCropping cropping, int maximumRows)
    {
        var pictures = new List<byte[]>();
        using var cursor = images.GetRowCursor([column]);
        var reader = new ResizedImages(cursor, column, size, cropping);
        for (var row = 0; row < maximumRows && cursor.MoveNext(); row++)
        {
            if (reader.TryRead(out var pixels))
            {
                pictures.Add(pixels.ToArray());
            }
        }

        return pictures;
    }

    private static int Draw(SKCanvas? canvas, Palette palette, IReadOnlyList<byte[]> pictures, int size)
    {
        Text(canvas, $"{palette.Count:N0} colors", Margin, Margin + 24, 26, Ink);
        var y = DrawColors(canvas, palette, Margin + 52);
        return (pictures.Count > 0 ? DrawPictures(canvas, palette, pictures, size, y + 20) : y) + Margin;
    }

    private static int DrawColors(SKCanvas? canvas, Palette palette, int y)
    {
        var side = palette.Count <= 1024 ? 34 : palette.Count <= 8192 ? 14 : 6;
        var perRow = RowWidth / side;
        var families = Enumerable.Range(0, palette.Count)
            .Select(token => (Token: token, Color: palette.GetColor(token)))
            .Select(c => (c.Token, c.Color, Place: ColorFamily.Of(c.Color.R, c.Color.G, c.Color.B)))
            .GroupBy(c => c.Place.Family)
            .OrderBy(family => family.Key);
        foreach (var family in families)
        {
            var at = 0;
            foreach (var (token, (r, g, b), place) in family.OrderBy(c => c.Place.Lightness).ThenBy(c => c.Token))
            {
                var (left, top) = (Margin + LabelWidth + (at % perRow * side), y + (at / perRow * side));
                at++;
                if (side <= 20)
                {
                    Fill(canvas, left, top, side, new SKColor(r, g, b));
                }
                else
                {
                    Fill(canvas, left, top, side - 2, place.Lightness > 0.95 ? Border : new SKColor(r, g, b));
                    Fill(canvas, left + 1, top + 1, side - 4, new SKColor(r, g, b));
                    var ink = place.Lightness > 0.6 ? SKColors.Black : SKColors.White;
                    Text(canvas, $"{token}", left + ((side - 2) / 2), top + 20, 11, ink, SKTextAlign.Center);
                }
            }

            Text(canvas, ColorFamily.Names[family.Key], Margin, y + 15, 15, Ink);
            Text(canvas, $"{at:N0}", Margin, y + 31, 12, Faint);
            y += Math.Max(36, (at + perRow - 1) / perRow * side) + 8;
        }

        return y;
    }

    private static int DrawPictures(SKCanvas? canvas, Palette palette, IReadOnlyList<byte[]> pictures, int size, int y)
    {
        // An integer scale, so that all pixels of an image have the same size on the chart.
        var scale = Math.Max(1, (LeastPicture + size - 1) / size);
        var side = scale * size;
        var perRow = Math.Max(1, (RowWidth + PictureGap) / (side + PictureGap));
        var quantizer = new PaletteQuantizer(palette);
        var tokens = new ushort[size * size];
        var after = new byte[3 * size * size];
        for (var first = 0; first < pictures.Count; first += perRow)
        {
            Text(canvas, "before", Margin, y + 15, 15, Ink);
            Text(canvas, "after", Margin, y + side + PictureGap + 15, 15, Ink);
            Text(canvas, "mean color error", Margin, y + (2 * side) + PictureGap + 17, 12, Faint);
            for (var i = first; i < Math.Min(first + perRow, pictures.Count) && canvas is not null; i++)
            {
                var left = Margin + LabelWidth + ((i - first) * (side + PictureGap));
                quantizer.Assign(pictures[i], tokens);
                quantizer.Decode(tokens, after);
                Picture(canvas, pictures[i], size, left, y, scale);
                Picture(canvas, after, size, left, y + side + PictureGap, scale);
                var error = FormattableString.Invariant($"{palette.Evaluate(pictures[i]).MeanColorError:F1}");
                Text(canvas, error, left + (side / 2), y + (2 * side) + PictureGap + 17, 12, Faint, SKTextAlign.Center);
            }

            y += (2 * side) + PictureGap + 44;
        }

        return y;
    }

    private static void Picture(SKCanvas canvas, ReadOnlySpan<byte> rgb, int size, int left, int top, int scale)
    {
        for (var i = 0; i < size * size; i++)
        {
            Fill(canvas, left + (i % size * scale), top + (i / size * scale), scale, new SKColor(rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]));
        }
    }

    private static void Fill(SKCanvas? canvas, int left, int top, int side, SKColor color)
    {
        using var paint = new SKPaint { Color = color, Style = SKPaintStyle.Fill };
        canvas?.DrawRect(left, top, side, side, paint);
    }

    private static void Text(SKCanvas? canvas, string text, int x, int baseline, int height, SKColor color, SKTextAlign align = SKTextAlign.Left)
    {
        using var paint = new SKPaint { Color = color, TextSize = height, TextAlign = align, IsAntialias = true };
        canvas?.DrawText(text, x, baseline, paint);
    }
}
