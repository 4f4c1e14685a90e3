namespace IGptMl.Palettes;

/// <summary>
/// Converts 8-bit pixels to tokens and back. Thread-safe; no call allocates.
/// The token of a pixel is the index of the nearest center, or the lowest index of equally near ones, by the float32 distance
/// ((R - r)² + (G - g)²) + (B - b)², where R = v / 127.5 - 1 and every operation is rounded separately (no fused multiply-add). The choice of centers
/// that are compared (<see cref="PaletteGrid"/>) and the number compared at a time do not affect the result.
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

    /// <summary>Assigns every pixel to the nearest center.</summary>
    /// <param name="rgb">3 N channel values: R, G, B for each pixel.</param>
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

    /// <summary>Looks up the color of every token.</summary>
    /// <param name="tokens">N tokens, 0 to K - 1.</param>
    /// <param name="rgb">Receives 3 N channel values: R, G, B for each pixel.</param>
    /// <exception cref="ArgumentException">The lengths do not match, or the palette has no such token.</exception>
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
            throw new ArgumentException($"{pixels} tokens need {3L * pixels} channel values (R, G, B for each pixel), not {channels}.");
        }
    }
}
