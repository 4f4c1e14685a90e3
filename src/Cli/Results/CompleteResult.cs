namespace IGptMl.Cli.Results;

/// <summary>What igpt complete drew.</summary>
/// <param name="Grid">The picture of what was kept, all completions and the originals.</param>
/// <param name="KeptPixels">The pixels of the model's size that were kept of each image.</param>
/// <param name="Images">The images.</param>
internal sealed record CompleteResult(string Grid, int KeptPixels, IReadOnlyList<CompletedPicture> Images);
