namespace IGptMl;

/// <summary>How well a palette approximates the pixels that are quantized with it.</summary>
public sealed record PaletteMetrics
{
    /// <summary>The number of pixels.</summary>
    public required long Pixels { get; init; }

    /// <summary>
    /// The sum over the pixels of the squared distance to the nearest center, in the units of <see cref="Palette.Centers"/>. It is what k-means minimizes.
    /// </summary>
    public required double Inertia { get; init; }

    /// <summary>The mean over the pixels of the distance to the nearest center in RGB, in channel values 0 to 255: at most 255 √3.</summary>
    public required double MeanColorError { get; init; }

    /// <summary>The metrics of distinct colors (R, G, B each), given how often each occurs and its token.</summary>
    internal static PaletteMetrics Of(Palette palette, ReadOnlySpan<byte> colors, ReadOnlySpan<int> counts, ReadOnlySpan<ushort> tokens)
    {
        var (pixels, inertia, error) = (0L, 0.0, 0.0);
        for (var i = 0; i < tokens.Length; i++)
        {
            var squared = SquaredDistance(palette, tokens[i], colors.Slice(3 * i, 3));
            pixels += counts[i];
            inertia += counts[i] * squared;
            error += counts[i] * Math.Sqrt(squared);
        }

        return new PaletteMetrics { Pixels = pixels, Inertia = inertia, MeanColorError = 127.5 * error / pixels };
    }

    /// <summary>The squared distance between a color and a center, in the units of <see cref="Palette.Centers"/>.</summary>
    internal static double SquaredDistance(Palette palette, int token, ReadOnlySpan<byte> color)
    {
        var center = palette.Centers.Span.Slice(3 * token, 3);
        var sum = 0.0;
        for (var c = 0; c < 3; c++)
        {
            var difference = (color[c] / 127.5) - 1 - center[c];
            sum += difference * difference;
        }

        return sum;
    }
}
