namespace IGptMl.Cli.Results;

/// <summary>What igpt palette show tells.</summary>
/// <param name="Chart">The path of the PNG.</param>
/// <param name="Colors">The number of colours.</param>
/// <param name="Images">The pictures that are drawn before and after quantisation.</param>
/// <param name="MeanColorError">The mean distance of their pixels from the palette's colours, channels in 0 to 255; null where there are no pictures.</param>
internal sealed record PaletteShowResult(string Chart, int Colors, int Images, double? MeanColorError)
{
    /// <summary>For people.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("chart", Chart),
        ("colours", $"{Colors:N0}"),
        .. MeanColorError is { } error ? new[] { ("pictures", $"{Images:N0}"), ("mean colour error", $"{error:F2} of 255") } : [],
    ];
}
