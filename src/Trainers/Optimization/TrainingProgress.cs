namespace IGptMl;

/// <summary>How far a training run is. Reported after every step; once, with rate and speed 0, where a run is taken up that has nothing left to do.</summary>
public record TrainingProgress
{
    /// <summary>The steps done.</summary>
    public long Step { get; init; }

    /// <summary>The steps planned; early stopping may make it fewer.</summary>
    public long Steps { get; init; }

    /// <summary>
    /// The loss of the step's batch: in pretraining in nats per token, in fine-tuning the classification loss plus the weighted generative loss.
    /// </summary>
    public double Loss { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public double LearningRate { get; init; }

    /// <summary>The highest learning rate of the whole run.</summary>
    public double PeakLearningRate { get; init; }

    /// <summary>The Euclidean norm of the step's gradients, before they are clipped.</summary>
    public double GradientNorm { get; init; }

    /// <summary>The loss on validation data, where it has been measured after this step; else null.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Images a second since the start, or since the run was taken up again; validation counts as time.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>
    /// The share of the speed of a square matrix product that the training reaches on this machine, 0 to 1, by the operations of the network's
    /// formula. Null in the first five seconds, and where the formula is not known.
    /// </summary>
    public double? PeakShare { get; init; }

    /// <summary>The time of all steps so far, those before an interruption included.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The time that the remaining steps take at this speed.</summary>
    public TimeSpan TimeLeft { get; init; }
}
