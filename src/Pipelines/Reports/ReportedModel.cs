namespace IGptMl.Reports;

/// <summary>A model and its results in a results file: the report's own model, a checkpoint of its run, or another model.</summary>
/// <param name="Name">The name in the report.</param>
/// <param name="Config">The architecture.</param>
/// <param name="Parameters">The number of parameters.</param>
/// <param name="Checksum">SHA-256 of the architecture and the weights.</param>
/// <param name="NatsPerToken">The generative loss on test images: over all tokens for an autoregressive model, over masked tokens for a masked model.</param>
/// <param name="LikelihoodImages">The number of test images for that loss; the first ones are taken.</param>
/// <param name="Probe">The linear probe.</param>
internal sealed record ReportedModel(
    string Name,
    ImageGptConfig Config,
    long Parameters,
    string Checksum,
    double NatsPerToken,
    int LikelihoodImages,
    ReportedProbe Probe)
{
    /// <summary>What the linear probe has measured; <see cref="Probe"/> is the form in the results file.</summary>
    internal required LinearProbeResult Result { get; init; }

    /// <summary>The number of training steps, if it is a checkpoint of the first model's run; otherwise null.</summary>
    public long? Step { get; init; }

    /// <summary>SHA-256 of the palette's colors. Losses are comparable only between models with the same palette.</summary>
    public string PaletteChecksum { get; init; } = string.Empty;

    /// <summary>Whether the generative losses of two models are comparable: they have the same tokens and the same objective.</summary>
    internal bool IsComparableTo(ReportedModel other) => LossDomain == other.LossDomain;

    private (PretrainingObjective, int, int, string) LossDomain => (Config.Objective, Config.ImageSize, Config.Colors, PaletteChecksum);
}
