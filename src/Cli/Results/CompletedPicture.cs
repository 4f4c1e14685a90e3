namespace IGptMl.Cli.Results;

/// <summary>The completions of one image.</summary>
/// <param name="Image">The image's name.</param>
/// <param name="Completions">The files of its completions.</param>
internal sealed record CompletedPicture(string Image, IReadOnlyList<string> Completions);
