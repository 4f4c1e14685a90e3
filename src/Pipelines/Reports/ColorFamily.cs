namespace IGptMl.Reports;

/// <summary>
/// The common name of a color's family, and its lightness, from its coordinates in the OKLab space (B. Ottosson, A perceptual color space for image
/// processing, 2020).
/// </summary>
internal static class ColorFamily
{
    /// <summary>The families, in the order of a chart.</summary>
    internal static readonly IReadOnlyList<string> Names = ["grays", "reds", "browns", "yellows", "greens", "cyans", "blues", "purples", "pinks"];

    // Below this chroma a color looks gray.
    private const double LeastChroma = 0.025;

    // The upper bound of each family but the grays, in degrees of hue. The pinks end where the reds start, past 360.
    private static readonly double[] Ends = [45, 85, 125, 170, 230, 285, 335, 365];

    /// <summary>The family, an index of <see cref="Names"/>, and the lightness from 0 (black) to 1 (white).</summary>
    internal static (int Family, double Lightness) Of(byte red, byte green, byte blue)
    {
        var (r, g, b) = (Linear(red), Linear(green), Linear(blue));
        var l = Math.Cbrt((0.4122214708 * r) + (0.5363325363 * g) + (0.0514459929 * b));
        var m = Math.Cbrt((0.2119034982 * r) + (0.6806995451 * g) + (0.1073969566 * b));
        var s = Math.Cbrt((0.0883024619 * r) + (0.2817188376 * g) + (0.6299787005 * b));
        var lightness = (0.2104542553 * l) + (0.7936177850 * m) - (0.0040720468 * s);
        var greenRed = (1.9779984951 * l) - (2.4285922050 * m) + (0.4505937099 * s);
        var blueYellow = (0.0259040371 * l) + (0.7827717662 * m) - (0.8086757660 * s);
        if (Math.Sqrt((greenRed * greenRed) + (blueYellow * blueYellow)) < LeastChroma)
        {
            return (0, lightness);
        }

        var hue = Math.Atan2(blueYellow, greenRed) * 180 / Math.PI;
        hue = hue < 5 ? hue + 360 : hue;
        return (1 + Array.FindIndex(Ends, end => hue <= end), lightness);
    }

    private static double Linear(byte value) => value <= 10 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);
}
