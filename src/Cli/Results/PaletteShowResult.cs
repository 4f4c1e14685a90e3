namespace IGptMl.Cli.Results;

/// <summary>What igpt palette show tells.</summary>
/// <param name="Chart">The path of the PNG.</param>
/// <param name="Colors">The number of colors.</param>
/// <param name="Images">The pictures that are drawn before and after quantization.</param>
/// <param name="MeanColorError">The mean distance of their pixels from the palette's colors, channels in 0 to 255; null where there are no pictures.</param>
internal sealed record PaletteShowResult(string Chart, int Colors, int Images, double? MeanColorError)
{
    /// <summary>For people.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("chart", Chart),
        ("colors", $"{Colors:N0}"),
        .. MeanColorError is { } error ? new[] { ("pictures", $"{Images:N0}"), ("mean color error", $"{error:F2} of 255") } : [],
    ];
}
