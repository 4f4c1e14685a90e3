namespace IGptMl;

/// <summary>How far a fine-tuning run is. Reported after every step; after the last step of an epoch with the validation of that moment.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="Steps">The steps planned; early stopping may make it fewer.</param>
/// <param name="Epoch">The pass over the training rows that the step belongs to, from 1.</param>
/// <param name="Loss">The joint loss of the step's batch: the classification loss plus the weighted generative loss.</param>
/// <param name="ClassificationLoss">The cross-entropy of the classes, in nats an image.</param>
/// <param name="GenerativeLoss">The loss of pretraining, in nats a token; null where its weight is 0.</param>
/// <param name="Accuracy">The share of the batch whose class was predicted before the step, 0 to 1.</param>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="ImagesPerSecond">Images a second since the start, validation included.</param>
/// <param name="Elapsed">The time since the start.</param>
/// <param name="TimeLeft">The time that the remaining steps take at this speed.</param>
/// <param name="ValidationAccuracy">The last accuracy on the validation rows, 0 to 1; null before the first.</param>
/// <param name="BestValidationAccuracy">The best accuracy on them so far; null before the first.</param>
public readonly record struct FineTuningProgress(
    long Step,
    long Steps,
    int Epoch,
    double Loss,
    double ClassificationLoss,
    double? GenerativeLoss,
    double Accuracy,
    double LearningRate,
    double ImagesPerSecond,
    TimeSpan Elapsed,
    TimeSpan TimeLeft,
    double? ValidationAccuracy,
    double? BestValidationAccuracy);
