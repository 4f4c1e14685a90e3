namespace IGptMl.Palettes;

/// <summary>
/// Turns 8-bit pixels into tokens and back. Thread-safe; no call allocates.
/// The token of a pixel is the index of the nearest center, the lowest one of equally near ones, by the float32 distance
/// ((R - r)² + (G - g)²) + (B - b)², where R = v / 127.5 - 1 and every operation is rounded on its own (no fused multiply-add). Which centers are compared at
/// all (<see cref="PaletteGrid"/>) and how many at a time does not change a bit of that.
/// </summary>
internal sealed class PaletteQuantizer
{
    private readonly PaletteGrid _grid;

    private readonly byte[] _colors;

    public PaletteQuantizer(Palette palette)
    {
        Palette = palette;
        _grid = new PaletteGrid(palette);
        _colors = new byte[3 * palette.Count];
        for (var i = 0; i < palette.Count; i++)
        {
            (_colors[3 * i], _colors[(3 * i) + 1], _colors[(3 * i) + 2]) = palette.GetColor(i);
        }
    }

    public Palette Palette { get; }

    /// <summary>The nearest center of every pixel.</summary>
    /// <param name="rgb">3 N channel values, R, G, B a pixel.</param>
    /// <param name="tokens">Receives N tokens, 0 to K - 1.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public void Assign(ReadOnlySpan<byte> rgb, Span<ushort> tokens)
    {
        CheckLengths(rgb.Length, tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = _grid.Nearest(rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]);
        }
    }

    /// <summary>The color of every token.</summary>
    /// <param name="tokens">N tokens, 0 to K - 1.</param>
    /// <param name="rgb">Receives 3 N channel values, R, G, B a pixel.</param>
    /// <exception cref="ArgumentException">The lengths do not match, or a token is not of this palette.</exception>
    public void Decode(ReadOnlySpan<ushort> tokens, Span<byte> rgb)
    {
        CheckLengths(rgb.Length, tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
        {
            var token = tokens[i];
            if (token >= Palette.Count)
            {
                throw new ArgumentOutOfRangeException(nameof(tokens), token, $"Token {i} is {token}; the palette has the tokens 0 to {Palette.Count - 1}.");
            }

            _colors.AsSpan(3 * token, 3).CopyTo(rgb[(3 * i)..]);
        }
    }

    private static void CheckLengths(int channels, int pixels)
    {
        if (channels != 3L * pixels)
        {
            throw new ArgumentException($"{pixels} tokens go with {3L * pixels} channel values (R, G, B a pixel), not with {channels}.");
        }
    }
}
