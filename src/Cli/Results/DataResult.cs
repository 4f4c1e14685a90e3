namespace IGptMl.Cli.Results;

/// <summary>What igpt data get tells of a data set.</summary>
/// <param name="Data">"cifar10".</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="Bytes">The size of the files.</param>
internal sealed record DataResult(string Data, string Folder, long Bytes);
