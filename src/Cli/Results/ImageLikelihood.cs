namespace IGptMl.Cli.Results;

/// <summary>How well a model predicts an image.</summary>
/// <param name="File">The name of the row: the file, for images in files.</param>
/// <param name="NatsPerToken">
/// The mean of -ln p(token | tokens before it) over the image; of a masked model, that of its hidden tokens given the others.
/// </param>
/// <param name="BitsPerDimension">The same in bits for each of a pixel's three color channels.</param>
internal sealed record ImageLikelihood(string File, float NatsPerToken, float BitsPerDimension);
