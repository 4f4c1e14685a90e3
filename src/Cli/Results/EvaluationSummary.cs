namespace IGptMl.Cli.Results;

/// <summary>The average likelihood of images under a model.</summary>
/// <param name="ImageCount">The number of images.</param>
/// <param name="MeanNatsPerToken">The mean of -ln p(token | tokens before it); for a masked model, of hidden tokens given the others.</param>
/// <param name="BitsPerDimension">The same in bits per color channel of a pixel.</param>
internal sealed record EvaluationSummary(int ImageCount, double MeanNatsPerToken, double BitsPerDimension)
{
    /// <summary>The result as names and formatted values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("evaluated images", $"{ImageCount:N0}"),
        ("nats per token", $"{MeanNatsPerToken:F4}"),
        ("bits per dimension", $"{BitsPerDimension:F4}"),
    ];
}
