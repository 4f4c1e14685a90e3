namespace IGptMl.Cli.Results;

/// <summary>The result of igpt palette show.</summary>
/// <param name="Chart">The path of the PNG file.</param>
/// <param name="Colors">The number of colors.</param>
/// <param name="Images">The number of images drawn before and after quantization.</param>
/// <param name="MeanColorError">The mean distance of their pixels from the palette's colors, with channels in 0 to 255; null without images.</param>
internal sealed record PaletteShowResult(string Chart, int Colors, int Images, double? MeanColorError)
{
    /// <summary>The result as names and formatted values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("chart", Chart),
        ("colors", $"{Colors:N0}"),
        .. MeanColorError is { } error ? new[] { ("pictures", $"{Images:N0}"), ("mean color error", $"{error:F2} of 255") } : [],
    ];
}
