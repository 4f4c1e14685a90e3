namespace IGptMl.Cli.Results;

/// <summary>A sampled image.</summary>
/// <param name="File">Its file.</param>
/// <param name="Seed">Its seed, which reproduces it.</param>
internal sealed record SampledPicture(string File, int Seed);
