namespace IGptMl.Cli.Results;

/// <summary>What igpt features tells in the end.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Images">Its rows.</param>
/// <param name="Layers">The layers in it, in order.</param>
/// <param name="Features">The features of an image, all layers together.</param>
internal sealed record FeaturesResult(string File, int Images, IReadOnlyList<int> Layers, int Features);
