namespace IGptMl.Cli.Results;

/// <summary>The result of igpt complete.</summary>
/// <param name="Grid">The path of the grid of the kept parts, completions and originals; null if the images are too large for one.</param>
/// <param name="KeptPixels">The number of pixels kept of each image, at the model's size.</param>
/// <param name="Images">The images.</param>
internal sealed record CompleteResult(string? Grid, int KeptPixels, IReadOnlyList<CompletedPicture> Images);
