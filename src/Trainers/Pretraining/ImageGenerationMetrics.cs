using IGptMl.Likelihood;

namespace IGptMl;

/// <summary>Evaluation results for image generation: how well a model predicts images.</summary>
public sealed class ImageGenerationMetrics
{
    internal ImageGenerationMetrics(double natsPerToken, long imageCount, long skippedCount)
    {
        NatsPerToken = natsPerToken;
        ImageCount = imageCount;
        SkippedCount = skippedCount;
    }

    /// <summary>
    /// The mean of -ln p(token | tokens before it) over all positions of all images. For a masked model, the mean of -ln p(token | tokens not hidden) over each
    /// image's hidden tokens, and then over the images, which is not comparable with the former. Lower is better; ln K is the value of a uniform prediction.
    /// </summary>
    public double NatsPerToken { get; }

    /// <summary>
    /// The same in bits per color channel of a pixel: nats / (3 ln 2). It measures the quantized image, so it is not comparable with the bits per dimension of
    /// models of raw pixels.
    /// </summary>
    public double BitsPerDimension => LikelihoodMapping.ToBitsPerDimension(NatsPerToken);

    /// <summary>exp(<see cref="NatsPerToken"/>): the number of equally likely colors that would be as hard to predict.</summary>
    public double Perplexity => Math.Exp(NatsPerToken);

    /// <summary>The number of images evaluated.</summary>
    public long ImageCount { get; }

    /// <summary>The number of rows that were skipped because their tokens are missing.</summary>
    public long SkippedCount { get; }
}
