using IGptMl.Numerics;

namespace IGptMl;

/// <summary>How tokens are drawn from the probabilities of an autoregressive model. The defaults are the paper's: temperature 1, from all colors.</summary>
/// <remarks>
/// A picture is a pure function of the model, these options, its own seed and the tokens that are kept: not of the other pictures drawn with it. Each of its
/// tokens has a random number of its own, so that pictures of the same seed differ only as far as the probabilities do.
/// </remarks>
public record SamplingOptions
{
    /// <summary>
    /// What logits are divided by: below 1 likely colors become likelier, above 1 less so, and 0 always takes the likeliest one (greedy). At least 0. Default
    /// 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draws from so many of the likeliest colors alone, 1 to K; of equally likely ones, the first. Default null: from all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Draws from the fewest likeliest colors whose probabilities, after temperature and <see cref="TopK"/>, add up to this at least (nucleus sampling), more
    /// than 0, up to 1.
    /// Default 1: from all.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>The seed from which every picture gets its own. Default null: drawn from the MLContext's.</summary>
    public int? Seed { get; init; }

    /// <summary>The seeds of the pictures one by one, in place of <see cref="Seed"/>; as many as there are pictures. Default null.</summary>
    public IReadOnlyList<int>? Seeds { get; init; }

    /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
    public bool? FallbackToCpu { get; init; }

    /// <summary>Stops the drawing with an <see cref="OperationCanceledException"/>. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Receives the progress, ten times a second at most, on any thread but never on two at once. Default null.</summary>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>Adds to <paramref name="guard"/> what is wrong with the options, for that number of pictures of that model.</summary>
    internal void Check(OptionGuard guard, ImageGptConfig config, int pictures, string picturesName)
    {
        guard.Require(Temperature is >= 0 and <= float.MaxValue, nameof(Temperature), Temperature, "0 (the likeliest color) or more")
            .Require(TopK is null or > 0 && !(TopK > config.Colors), nameof(TopK), TopK, $"1 to {config.Colors}, the model's number of colors")
            .Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "more than 0, up to 1")
            .Require(Seeds is null || Seeds.Count == pictures, nameof(Seeds), $"a list of {Seeds?.Count}", $"{pictures}, as {picturesName} says");
    }

    /// <summary>A masked model has no order in which to draw.</summary>
    /// <exception cref="ArgumentException">The model is a masked one.</exception>
    internal static void RequireAutoregressive(ImageGptConfig config, string parameterName)
    {
        if (config.Objective != PretrainingObjective.Autoregressive)
        {
            throw new ArgumentException(
                "The model is a masked (BERT) one, which does not predict a token from those before it alone, so nothing can be drawn from it. Sampling "
                + "and completing need an autoregressive model.", parameterName);
        }
    }
}
