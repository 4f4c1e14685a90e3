using System.Numerics.Tensors;

namespace IGptMl.Palettes;

/// <summary>Converts the stored values of a palette to centers in [-1, 1], and checks them.</summary>
internal static class PaletteValues
{
    // How far rounding may carry a center beyond [-1, 1]. Palette.GetColor still rounds such a value to 0..255.
    private const float Tolerance = 1e-3f;

    // If no channel value of 0 to 255 is above this, all colors are almost black. Such values are more likely a damaged palette of [-1, 1].
    private const double DarkestChannel = 2;

    /// <summary>
    /// Detects the range of values, and whether it is only assumed. Values that fit no range are reported as [-1, 1], whose check rejects them.
    /// </summary>
    internal static (PaletteRange Range, bool IsAssumed) Detect(ReadOnlySpan<double> values)
    {
        var (least, greatest) = values.IsEmpty ? (0, 0) : (TensorPrimitives.Min(values), TensorPrimitives.Max(values)); // NaN propagates
        return greatest switch
        {
            _ when !(least >= -Tolerance) => (PaletteRange.MinusOneToOne, false),
            <= 1 + Tolerance => (PaletteRange.ZeroToOne, true),
            >= DarkestChannel => (PaletteRange.ZeroTo255, false),
            _ => (PaletteRange.MinusOneToOne, false),
        };
    }

    /// <summary>Converts values of a known range to centers in [-1, 1].</summary>
    internal static float[] ToCenters(ReadOnlySpan<double> values, PaletteRange range)
    {
        var centers = new float[values.Length];
        for (var i = 0; i < centers.Length; i++)
        {
            centers[i] = range switch
            {
                PaletteRange.ZeroToOne => (float)((2 * values[i]) - 1),
                PaletteRange.ZeroTo255 => ((float)values[i] / 127.5f) - 1f, // as Palette.ChannelUnits, so that channel values are restored exactly
                _ => (float)values[i],
            };
        }

        return centers;
    }

    /// <summary>The problem of a number of values; null if there is none.</summary>
    internal static string? FindShapeProblem(int length)
    {
        if (length % 3 != 0)
        {
            return $"A palette is K x 3 values (R, G, B); {length} is not a multiple of 3.";
        }

        return length / 3 is < Palette.MinCount or > Palette.MaxCount
            ? $"A palette has {Palette.MinCount} to {Palette.MaxCount} colors, not {length / 3}."
            : null;
    }

    /// <summary>The problem of centers; null if there is none. The message contains the value as stored, in <paramref name="range"/>.</summary>
    internal static string? FindProblem(ReadOnlySpan<float> centers, PaletteRange range = PaletteRange.MinusOneToOne)
    {
        if (FindShapeProblem(centers.Length) is { } problem)
        {
            return problem;
        }

        for (var i = 0; i < centers.Length; i++)
        {
            // Negated so that NaN is also rejected.
            if (!(MathF.Abs(centers[i]) <= 1f + Tolerance))
            {
                var (value, expected) = range switch
                {
                    PaletteRange.ZeroToOne => ((centers[i] + 1) / 2, "[0, 1]"),
                    PaletteRange.ZeroTo255 => ((centers[i] + 1) * 127.5f, "[0, 255]"),
                    _ => (centers[i], "[-1, 1] (v / 127.5 - 1)"),
                };
                return FormattableString.Invariant($"Color {i / 3}, channel {"RGB"[i % 3]} is {value}; expected a value in {expected}.");
            }
        }

        return null;
    }
}
