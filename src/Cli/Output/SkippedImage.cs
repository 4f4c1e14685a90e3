namespace IGptMl.Cli.Output;

/// <summary>An image that the result does not include.</summary>
/// <param name="File">Its file.</param>
/// <param name="Problem">Why: a sentence that names the path.</param>
internal sealed record SkippedImage(string File, string Problem);
