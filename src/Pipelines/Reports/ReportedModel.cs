namespace IGptMl;

/// <summary>A model in a results file, and how it does: for a run's checkpoints, for models pretrained on other data or for another objective.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Config">Its architecture.</param>
/// <param name="Parameters">Its learned values.</param>
/// <param name="Checksum">SHA-256 of its architecture and weights.</param>
/// <param name="NatsPerToken">Its generative loss on test images: of all tokens for an autoregressive model, of masked ones for a masked model.</param>
/// <param name="LikelihoodImages">The test images of that loss: the first ones.</param>
/// <param name="Probe">The linear probe.</param>
public sealed record ReportedModel(string Name, ImageGptConfig Config, long Parameters, string Checksum, double NatsPerToken, int LikelihoodImages, ReportedProbe Probe)
{
    /// <summary>The training steps behind it, where it is a checkpoint of the first model's run; null otherwise.</summary>
    public long? Step { get; init; }

    /// <summary>SHA-256 of the palette's colors: a loss is only comparable among models of one palette.</summary>
    public string PaletteChecksum { get; init; } = string.Empty;

    /// <summary>Whether the generative losses of two models are of the same tokens, seen the same way.</summary>
    internal bool IsComparableTo(ReportedModel other)
        => (Config.Objective, Config.ImageSize, Config.Colors, PaletteChecksum) == (other.Config.Objective, other.Config.ImageSize, other.Config.Colors, other.PaletteChecksum);
}
