using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IGptMl.Palettes;

/// <summary>
/// Turns 8-bit pixels into tokens and back. Thread-safe; no call allocates.
/// The token of a pixel is the index of the nearest centre, the lowest one of equally near ones, by the float32 distance
/// ((R - r)² + (G - g)²) + (B - b)², where R = v / 127.5 - 1 and every operation is rounded on its own (no fused multiply-add). Which centres are compared at
/// all (<see cref="PaletteGrid"/>) and how many at a time does not change a bit of that.
/// </summary>
internal sealed class PaletteQuantizer
{
    private readonly PaletteGrid _grid;

    // One array a channel, padded with infinity to whole vectors: a padded centre is never nearer than a real one.
    private readonly float[] _red;
    private readonly float[] _green;
    private readonly float[] _blue;
    private readonly byte[] _colors;

    public PaletteQuantizer(Palette palette)
    {
        Palette = palette;
        _grid = new PaletteGrid(palette);
        var padded = (palette.Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        (_red, _green, _blue) = (new float[padded], new float[padded], new float[padded]);
        Array.Fill(_red, float.PositiveInfinity);
        Array.Fill(_green, float.PositiveInfinity);
        Array.Fill(_blue, float.PositiveInfinity);
        _colors = new byte[3 * palette.Count];
        var centers = palette.Centers.Span;
        for (var i = 0; i < palette.Count; i++)
        {
            (_red[i], _green[i], _blue[i]) = (centers[3 * i], centers[(3 * i) + 1], centers[(3 * i) + 2]);
            (_colors[3 * i], _colors[(3 * i) + 1], _colors[(3 * i) + 2]) = palette.GetColor(i);
        }
    }

    public Palette Palette { get; }

    /// <summary>The nearest centre of every pixel.</summary>
    /// <param name="rgb">3 N channel values, R, G, B a pixel.</param>
    /// <param name="tokens">Receives N tokens, 0 to K - 1.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public void Assign(ReadOnlySpan<byte> rgb, Span<ushort> tokens)
    {
        CheckLengths(rgb.Length, tokens.Length);
        var units = Palette.ChannelUnits;
        for (var i = 0; i < tokens.Length; i++)
        {
            var (red, green, blue) = (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]);
            var candidates = _grid.Candidates(red, green, blue);
            tokens[i] = candidates.Length switch
            {
                1 => candidates[0],
                0 => NearestOfAll(units[red], units[green], units[blue]),
                _ => NearestOf(candidates, units[red], units[green], units[blue]),
            };
        }
    }

    /// <summary>The colour of every token.</summary>
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

    // Candidates ascend, so that the strict comparison keeps the lowest index of a tie.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ushort NearestOf(ReadOnlySpan<ushort> candidates, float red, float green, float blue)
    {
        var best = float.PositiveInfinity;
        var nearest = 0;
        foreach (var i in candidates)
        {
            var (r, g, b) = (red - _red[i], green - _green[i], blue - _blue[i]);
            var distance = (r * r) + (g * g) + (b * b);
            if (distance < best)
            {
                best = distance;
                nearest = i;
            }
        }

        return (ushort)nearest;
    }

    private ushort NearestOfAll(float red, float green, float blue)
    {
        var (wideRed, wideGreen, wideBlue) = (new Vector<float>(red), new Vector<float>(green), new Vector<float>(blue));
        var reds = MemoryMarshal.Cast<float, Vector<float>>(_red);
        var greens = MemoryMarshal.Cast<float, Vector<float>>(_green);
        var blues = MemoryMarshal.Cast<float, Vector<float>>(_blue);
        var best = new Vector<float>(float.PositiveInfinity);
        var rounds = Vector<int>.Zero;
        for (var round = 0; round < reds.Length; round++)
        {
            var (r, g, b) = (wideRed - reds[round], wideGreen - greens[round], wideBlue - blues[round]);
            var distance = (r * r) + (g * g) + (b * b);
            var nearer = Vector.LessThan(distance, best);
            best = Vector.ConditionalSelect(nearer, distance, best);
            rounds = Vector.ConditionalSelect(nearer, new Vector<int>(round), rounds);
        }

        // Every lane holds its first minimum; the lowest index of the lanes' minima remains to be found.
        var nearest = int.MaxValue;
        var shortest = float.PositiveInfinity;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            var index = (rounds[lane] * Vector<float>.Count) + lane;
            if (best[lane] < shortest || (best[lane] == shortest && index < nearest))
            {
                (shortest, nearest) = (best[lane], index);
            }
        }

        return (ushort)nearest;
    }
}
