namespace IGptMl;

/// <summary>How far a training run is. Reported after every step; once, with rate and speed 0, where a run is taken up that has nothing left to do.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="Steps">The steps planned.</param>
/// <param name="Loss">The loss of the step's batch; for pretraining in nats per token.</param>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="ImagesPerSecond">Images a second since the start, or since the run was taken up again.</param>
/// <param name="Elapsed">The time of all steps so far, those before an interruption included.</param>
/// <param name="TimeLeft">The time that the remaining steps take at this speed.</param>
public readonly record struct TrainingProgress(long Step, long Steps, double Loss, double LearningRate, double ImagesPerSecond, TimeSpan Elapsed, TimeSpan TimeLeft)
{
    /// <summary>The greatest rate of the whole run.</summary>
    public double PeakLearningRate { get; init; }

    /// <summary>The Euclidean norm of the step's gradients, before they are clipped.</summary>
    public double GradientNorm { get; init; }

    /// <summary>The loss on validation data, where it has been measured after this step; else null.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>
    /// The share of the speed of a square matrix product that the training reaches on this machine, 0 to 1, by the operations of the network's
    /// formula. Null in the first five seconds, and where the formula is not known.
    /// </summary>
    public double? PeakShare { get; init; }
}
