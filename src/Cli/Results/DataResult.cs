namespace IGptMl.Cli.Results;

/// <summary>The result of igpt data get.</summary>
/// <param name="Data">"cifar10".</param>
/// <param name="Folder">The folder of its files.</param>
/// <param name="Bytes">The size of the files.</param>
internal sealed record DataResult(string Data, string Folder, long Bytes);
