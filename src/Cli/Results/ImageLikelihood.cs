namespace IGptMl.Cli.Results;

/// <summary>The likelihood of an image under a model.</summary>
/// <param name="File">The name of the row; the file name for images in files.</param>
/// <param name="NatsPerToken">The mean of -ln p(token | tokens before it) over the image; for a masked model, of its hidden tokens given the others.</param>
/// <param name="BitsPerDimension">The same in bits per color channel of a pixel.</param>
internal sealed record ImageLikelihood(string File, float NatsPerToken, float BitsPerDimension);
