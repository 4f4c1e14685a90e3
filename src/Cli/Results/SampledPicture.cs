namespace IGptMl.Cli.Results;

/// <summary>One picture drawn from nothing.</summary>
/// <param name="File">Its file.</param>
/// <param name="Seed">Its seed, which draws it again.</param>
internal sealed record SampledPicture(string File, int Seed);
