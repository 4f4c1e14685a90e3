namespace IGptMl;

/// <summary>How far a fine-tuning run is. Reported after every step, with the validation of that moment if there was one.</summary>
public sealed record FineTuningProgress : TrainingProgress
{
    /// <summary>Creates a report without numbers.</summary>
    public FineTuningProgress()
    {
    }

    internal FineTuningProgress(TrainingProgress progress)
        : base(progress)
    {
    }

    /// <summary>The pass over the training rows that the step belongs to, from 1.</summary>
    public int Epoch { get; init; }

    /// <summary>The cross-entropy of the classes, in nats an image. Not a number where a run is taken up that has nothing left to do.</summary>
    public double ClassificationLoss { get; init; }

    /// <summary>The loss of pretraining, in nats a token; null where its weight is 0.</summary>
    public double? GenerativeLoss { get; init; }

    /// <summary>
    /// The share of the batch whose class was predicted before the step, 0 to 1. Not a number where a run is taken up that has nothing left to do.
    /// </summary>
    public double Accuracy { get; init; }

    /// <summary>The accuracy on the validation rows, 0 to 1, where it has been measured after this step; else null.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The accuracy of the best validation so far, 0 to 1; null before the first.</summary>
    public double? BestValidationAccuracy { get; init; }
}
