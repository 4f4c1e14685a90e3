namespace IGptMl.Palettes;

/// <summary>
/// The distinct 8-bit colors of some pixels, and how often each occurs. Colors are in Morton order, so neighbors in the list are similar. Immutable.
/// </summary>
internal sealed class ColorHistogram
{
    // Moves bit i of a channel value to bit 3 i, so that three channels interleave.
    private static readonly int[] Spread =
        [.. Enumerable.Range(0, 256).Select(value => Enumerable.Range(0, 8).Sum(bit => ((value >> bit) & 1) << (3 * bit)))];

    private readonly byte[] _colors;
    private readonly int[] _counts;

    private ColorHistogram(byte[] colors, int[] counts, long pixels)
    {
        _colors = colors;
        _counts = counts;
        Pixels = pixels;
    }

    /// <summary>The number of distinct colors.</summary>
    public int Count => _counts.Length;

    /// <summary>The number of pixels.</summary>
    public long Pixels { get; }

    /// <summary>The colors, R, G, B each, in Morton order.</summary>
    public ReadOnlySpan<byte> Colors => _colors;

    /// <summary>How often each color occurs, at least once.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>The Morton code of a color: its position on the curve through all 2^24 colors.</summary>
    public static int ToCode(byte red, byte green, byte blue) => (Spread[red] << 2) | (Spread[green] << 1) | Spread[blue];

    /// <summary>Counts the pixels with these Morton codes. Sorts the codes in place.</summary>
    public static ColorHistogram Of(Span<int> codes)
    {
        codes.Sort();
        var distinct = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            distinct += i == 0 || codes[i] != codes[i - 1] ? 1 : 0;
        }

        var colors = new byte[3 * distinct];
        var counts = new int[distinct];
        var at = -1;
        for (var i = 0; i < codes.Length; i++)
        {
            if (i == 0 || codes[i] != codes[i - 1])
            {
                at++;
                (colors[3 * at], colors[(3 * at) + 1], colors[(3 * at) + 2]) = (Gather(codes[i] >> 2), Gather(codes[i] >> 1), Gather(codes[i]));
            }

            counts[at]++;
        }

        return new ColorHistogram(colors, counts, codes.Length);
    }

    private static byte Gather(int code)
    {
        var value = 0;
        for (var bit = 0; bit < 8; bit++)
        {
            value |= ((code >> (3 * bit)) & 1) << bit;
        }

        return (byte)value;
    }
}
