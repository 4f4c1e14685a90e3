namespace IGptMl.Cli.Results;

/// <summary>The result of igpt features.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Images">The number of rows.</param>
/// <param name="Layers">The layers in the file, in order.</param>
/// <param name="Features">The number of features per image, for all layers together.</param>
internal sealed record FeaturesResult(string File, int Images, IReadOnlyList<int> Layers, int Features);
