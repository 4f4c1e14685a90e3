namespace IGptMl;

/// <summary>The results of one model of an <see cref="EvaluationStudy"/>.</summary>
public sealed record StudiedModel
{
    /// <summary>The name in the report.</summary>
    public required string Name { get; init; }

    /// <summary>The architecture.</summary>
    public required ImageGptConfig Config { get; init; }

    /// <summary>The number of training steps, if it is a checkpoint of the first model's run; otherwise null.</summary>
    public long? Step { get; init; }

    /// <summary>The generative loss on test images: over all tokens for an autoregressive model, over masked tokens for a masked model.</summary>
    public required double NatsPerToken { get; init; }

    /// <summary>The number of test images for that loss; the first ones are taken.</summary>
    public required int LikelihoodImages { get; init; }

    /// <summary>The linear probe.</summary>
    public required LinearProbeResult Probe { get; init; }
}
