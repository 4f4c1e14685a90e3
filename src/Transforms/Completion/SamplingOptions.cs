using IGptMl.Numerics;

namespace IGptMl;

/// <summary>How tokens are sampled from the probabilities of an autoregressive model. The defaults are the paper's: temperature 1, from all colors.</summary>
/// <remarks>
/// An image is a pure function of the model, these options, its own seed and the kept tokens; it does not depend on the other images of the batch. Each of its
/// tokens has its own random number, so that images of the same seed differ only as far as the probabilities do.
/// </remarks>
public record SamplingOptions
{
    /// <summary>
    /// The divisor of the logits, at least 0: below 1 makes likely colors more likely, above 1 less likely, and 0 always takes the most likely color (greedy).
    /// Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Samples only from this number of most likely colors, 1 to K; of equally likely colors, the first ones. Default null: from all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Samples only from the most likely colors whose probabilities, after temperature and <see cref="TopK"/>, add up to at least this (nucleus sampling), more
    /// than 0, up to 1. Default 1: from all.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>The seed from which every image's own seed is derived. Default null: drawn from the MLContext.</summary>
    public int? Seed { get; init; }

    /// <summary>The individual seeds of the images, instead of <see cref="Seed"/>; as many as there are images. Default null.</summary>
    public IReadOnlyList<int>? Seeds { get; init; }

    /// <summary>The GPU to run on; null uses <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Whether to fall back to the CPU if the GPU is not available; null uses <c>MLContext.FallbackToCpu</c>. Default null.</summary>
    public bool? FallbackToCpu { get; init; }

    /// <summary>Stops the sampling with an <see cref="OperationCanceledException"/>. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Receives the progress, at most ten times a second, on any thread but never on two at once. Default null.</summary>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>
    /// Receives every token as soon as it is sampled, on any thread but never on two at once, so that a picture can be shown while it is drawn. The sampling
    /// waits for it. The tokens of one image come in raster order; those of several images are mixed. Default null.
    /// </summary>
    public IProgress<SampledToken>? TokenProgress { get; init; }

    /// <summary>Adds the problems of the options for a model and a number of images to <paramref name="guard"/>.</summary>
    internal void Check(OptionGuard guard, ImageGptConfig config, int pictures, string picturesName)
    {
        guard.Require(Temperature is >= 0 and <= float.MaxValue, nameof(Temperature), Temperature, "0 (the most likely color) or more")
            .Require(TopK is null or > 0 && !(TopK > config.Colors), nameof(TopK), TopK, $"1 to {config.Colors}, the model's number of colors")
            .Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "more than 0, up to 1")
            .Require(Seeds is null || Seeds.Count == pictures, nameof(Seeds), $"a list of {Seeds?.Count}", $"{pictures}, as {picturesName} says");
    }

    /// <summary>Checks that the model is autoregressive, as a masked model cannot be sampled token by token.</summary>
    /// <exception cref="ArgumentException">The model is masked.</exception>
    internal static void RequireAutoregressive(ImageGptConfig config, string parameterName)
    {
        if (config.Objective != PretrainingObjective.Autoregressive)
        {
            throw new ArgumentException(
                "The model is a masked (BERT) one, which does not predict a token from only those before it, so it cannot be sampled. Sampling "
                + "and completing need an autoregressive model.", parameterName);
        }
    }
}
