namespace IGptMl;

/// <summary>
/// The progress of a training run, reported after every step. If a run that is already complete is resumed, it is reported once, with rate and speed 0.
/// </summary>
public record TrainingProgress
{
    /// <summary>The number of steps completed.</summary>
    public long Step { get; init; }

    /// <summary>The number of steps planned; early stopping may end the run before.</summary>
    public long Steps { get; init; }

    /// <summary>
    /// The loss of the step's batch: in pretraining in nats per token, in fine-tuning the classification loss plus the weighted generative loss.
    /// </summary>
    public double Loss { get; init; }

    /// <summary>
    /// The running mean of <see cref="Loss"/>, whose trend is visible where that of single batches is not: over the steps since the start or since the run was
    /// taken up again, and from the hundredth on with a weight of a hundredth for each newer step.
    /// </summary>
    public double MeanLoss { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public double LearningRate { get; init; }

    /// <summary>The highest learning rate of the whole run.</summary>
    public double PeakLearningRate { get; init; }

    /// <summary>The highest learning rate of the matrices that Muon updates; null if Adam updates all weights.</summary>
    public double? PeakMuonLearningRate { get; init; }

    /// <summary>The Euclidean norm of the step's gradients, before they are clipped.</summary>
    public double GradientNorm { get; init; }

    /// <summary>The loss on validation data, if it was measured after this step; otherwise null.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Images per second since the start, or since the run was resumed, including the time of validation.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>
    /// The utilization of this machine: the training's floating-point operations per second, by the network's formula, relative to those of a square matrix
    /// product, 0 to 1. Null in the first five seconds, and if the formula is not known.
    /// </summary>
    public double? PeakShare { get; init; }

    /// <summary>The duration of all steps so far, including those before an interruption.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The estimated time for the remaining steps.</summary>
    public TimeSpan TimeLeft { get; init; }
}
