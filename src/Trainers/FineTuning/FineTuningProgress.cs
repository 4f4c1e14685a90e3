namespace IGptMl;

/// <summary>The progress of a fine-tuning run, reported after every step, with the validation results if there was a validation.</summary>
public sealed record FineTuningProgress : TrainingProgress
{
    /// <summary>Creates an empty report.</summary>
    public FineTuningProgress()
    {
    }

    internal FineTuningProgress(TrainingProgress progress)
        : base(progress)
    {
    }

    /// <summary>The epoch of the step, from 1.</summary>
    public int Epoch { get; init; }

    /// <summary>The cross-entropy of the classes, in nats per image. NaN if a run that is already complete is resumed.</summary>
    public double ClassificationLoss { get; init; }

    /// <summary>The pretraining loss, in nats per token; null if its weight is 0.</summary>
    public double? GenerativeLoss { get; init; }

    /// <summary>The accuracy on the batch before the step, 0 to 1. NaN if a run that is already complete is resumed.</summary>
    public double Accuracy { get; init; }

    /// <summary>The running mean of <see cref="Accuracy"/>, computed as <see cref="TrainingProgress.MeanLoss"/>.</summary>
    public double MeanAccuracy { get; init; }

    /// <summary>The accuracy on the validation rows, 0 to 1, if it was measured after this step; otherwise null.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The accuracy of the best validation so far, 0 to 1; null before the first one.</summary>
    public double? BestValidationAccuracy { get; init; }
}
