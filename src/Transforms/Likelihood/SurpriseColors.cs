namespace IGptMl.Likelihood;

/// <summary>
/// A color scale of increasing lightness from black over purple and orange to pale yellow: matplotlib's "inferno" at five points, interpolated linearly.
/// </summary>
internal static class SurpriseColors
{
    private const byte Gray = 128;

    private static readonly (byte R, byte G, byte B)[] Places = [(0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)];

    /// <summary>The color of a value from 0 to 1, to which other values are clamped; gray for NaN.</summary>
    internal static (byte R, byte G, byte B) Of(double share)
    {
        if (double.IsNaN(share))
        {
            return (Gray, Gray, Gray);
        }

        var place = Math.Clamp(share, 0, 1) * (Places.Length - 1);
        var first = Math.Min((int)place, Places.Length - 2);
        var (low, high) = (Places[first], Places[first + 1]);
        return (Mix(low.R, high.R), Mix(low.G, high.G), Mix(low.B, high.B));

        byte Mix(byte from, byte to) => (byte)Math.Round(from + ((to - from) * (place - first)));
    }
}
