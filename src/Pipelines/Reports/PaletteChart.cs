using IGptMl.Palettes;
using IGptMl.Reports;
using SkiaSharp;

namespace IGptMl;

/// <summary>
/// A palette as a picture: its colors by family and lightness, each with its token where there is room, and pictures before and after they are reduced to it.
/// Labels are drawn in the system's own font; where a system has none, they are missing.
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

    /// <summary>Draws the chart and writes it as PNG.</summary>
    /// <param name="stream">Receives the PNG.</param>
    /// <param name="palette">The colors.</param>
    /// <param name="pictures">Pictures before quantization: size · size · 3 channel values each, row-major, R, G, B a pixel. May be none.</param>
    /// <param name="size">The side of the pictures in pixels, at least 1.</param>
    /// <exception cref="ArgumentException">A picture has another length, or the size is below 1.</exception>
    public static void Write(Stream stream, Palette palette, IReadOnlyList<ReadOnlyMemory<byte>> pictures, int size)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(palette);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (pictures.FirstOrDefault(p => p.Length != 3L * size * size) is { Length: > 0 } other)
        {
            throw new ArgumentException($"A picture of {size} x {size} pixels has {3L * size * size} channel values, not {other.Length}.", nameof(pictures));
        }

        // The height is only known when all is laid out: once to measure, once to draw.
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

    private static int Draw(SKCanvas? canvas, Palette palette, IReadOnlyList<ReadOnlyMemory<byte>> pictures, int size)
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
                    Text(canvas, $"{token}", left + ((side - 2) / 2), top + 20, 11, place.Lightness > 0.6 ? SKColors.Black : SKColors.White, SKTextAlign.Center);
                }
            }

            Text(canvas, ColorFamily.Names[family.Key], Margin, y + 15, 15, Ink);
            Text(canvas, $"{at:N0}", Margin, y + 31, 12, Faint);
            y += Math.Max(36, (at + perRow - 1) / perRow * side) + 8;
        }

        return y;
    }

    private static int DrawPictures(SKCanvas? canvas, Palette palette, IReadOnlyList<ReadOnlyMemory<byte>> pictures, int size, int y)
    {
        // Whole pixels on the chart for each of the picture's, so that none looks larger than its neighbor.
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
                quantizer.Assign(pictures[i].Span, tokens);
                quantizer.Decode(tokens, after);
                Picture(canvas, pictures[i].Span, size, left, y, scale);
                Picture(canvas, after, size, left, y + side + PictureGap, scale);
                Text(canvas, FormattableString.Invariant($"{palette.Evaluate(pictures[i].Span).MeanColorError:F1}"), left + (side / 2), y + (2 * side) + PictureGap + 17, 12, Faint, SKTextAlign.Center);
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
