using OxyPlot;

namespace IGptMl.Reports;

/// <summary>The colors of a plot.</summary>
/// <param name="Name">"light" or "dark".</param>
/// <param name="Background">The background.</param>
/// <param name="Text">Titles and axis labels.</param>
/// <param name="Grid">The lines of the grid.</param>
/// <param name="Series">The colors of the data series, which can be distinguished with both kinds of red-green color blindness.</param>
internal sealed record PlotTheme(string Name, OxyColor Background, OxyColor Text, OxyColor Grid, IReadOnlyList<OxyColor> Series)
{
    /// <summary>The first series color, blended with the background; <paramref name="share"/> (0 to 1) is the color's weight.</summary>
    internal OxyColor Paler(double share)
    {
        var ground = this == Dark ? OxyColor.Parse("#171c24") : OxyColors.White;
        return OxyColor.Interpolate(ground, Series[0], share);
    }

    /// <summary>For pages with a light background.</summary>
    internal static PlotTheme Light { get; } = new(
        "light",
        OxyColors.Transparent,
        OxyColor.Parse("#3d4654"),
        OxyColor.Parse("#e4e8ee"),
        [.. Parse("#2563c9", "#d9730d", "#0f8a6c", "#a03ca8", "#b3261e", "#6b7280")]);

    /// <summary>For pages with a dark background.</summary>
    internal static PlotTheme Dark { get; } = new(
        "dark",
        OxyColors.Transparent,
        OxyColor.Parse("#b6c0cf"),
        OxyColor.Parse("#2c3440"),
        [.. Parse("#6ea8ff", "#ffa657", "#4fd1ae", "#d994e0", "#ff8a80", "#9aa4b2")]);

    /// <summary>For image files, with an opaque background.</summary>
    internal static PlotTheme Paper { get; } = Light with { Name = "paper", Background = OxyColors.White };

    private static IEnumerable<OxyColor> Parse(params string[] colors) => colors.Select(OxyColor.Parse);
}
