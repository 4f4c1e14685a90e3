namespace IGptMl.Cli.Results;

/// <summary>The result of igpt model get.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Path">The folder or prefix where it is.</param>
internal sealed record ModelGetResult(string Name, string Path)
{
    /// <summary>The result as names and values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts => [("model", Name), ("in", Path), ("next", $"igpt info {Name}")];
}
