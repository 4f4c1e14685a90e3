namespace IGptMl.Cli.Results;

/// <summary>What igpt sample drew.</summary>
/// <param name="Grid">The picture of all pictures.</param>
/// <param name="TokensPerSecond">The speed of the drawing.</param>
/// <param name="Images">The pictures.</param>
internal sealed record SampleResult(string Grid, double TokensPerSecond, IReadOnlyList<SampledPicture> Images);
