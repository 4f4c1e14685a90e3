namespace IGptMl.Cli.Results;

/// <summary>How well a model predicts images, on average.</summary>
/// <param name="ImageCount">The images.</param>
/// <param name="MeanNatsPerToken">The mean of -ln p(token | tokens before it); of a masked model, of that of hidden tokens given the others.</param>
/// <param name="BitsPerDimension">The same in bits for each of a pixel's three color channels.</param>
internal sealed record EvaluationSummary(int ImageCount, double MeanNatsPerToken, double BitsPerDimension)
{
    /// <summary>For people.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("evaluated images", $"{ImageCount:N0}"),
        ("nats per token", $"{MeanNatsPerToken:F4}"),
        ("bits per dimension", $"{BitsPerDimension:F4}"),
    ];
}
