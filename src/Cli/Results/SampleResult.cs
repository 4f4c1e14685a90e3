namespace IGptMl.Cli.Results;

/// <summary>The result of igpt sample.</summary>
/// <param name="Grid">The path of the grid of the first images; null if they are too large for one.</param>
/// <param name="TokensPerSecond">The sampling speed.</param>
/// <param name="Images">The images.</param>
internal sealed record SampleResult(string? Grid, double TokensPerSecond, IReadOnlyList<SampledPicture> Images);
