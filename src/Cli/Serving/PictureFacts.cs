namespace IGptMl.Cli.Serving;

/// <summary>What the model sees in a picture.</summary>
/// <param name="Tokens">The tokens in raster order, 0 to K - 1.</param>
/// <param name="Nats">The surprise of each token, -ln p(token | tokens before it).</param>
/// <param name="Surprise">The surprise map, three bytes R, G, B per pixel, in base 64.</param>
/// <param name="NatsPerToken">The mean of the nats.</param>
/// <param name="BitsPerDimension">The same in bits per pixel and channel.</param>
/// <param name="Classes">The classes, the likeliest first; null without a classifier.</param>
internal sealed record PictureFacts(IReadOnlyList<int> Tokens, IReadOnlyList<double> Nats, string Surprise, double NatsPerToken, double BitsPerDimension,
    IReadOnlyList<ClassProbability>? Classes);
