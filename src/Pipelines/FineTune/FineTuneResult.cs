namespace IGptMl;

/// <summary>The results of a fine-tuned classifier on test images.</summary>
/// <param name="ClassNames">The classes in the order of their keys; "1", "2", … if the label has no names.</param>
/// <param name="Accuracy">The share of test rows whose class is predicted, 0 to 1 (ML.NET's micro-accuracy).</param>
/// <param name="Top5Accuracy">The share of test rows whose class is among the five likeliest, 0 to 1; null if there are at most five classes.</param>
/// <param name="LogLoss">The mean of -ln p(class), in nats.</param>
/// <param name="ConfusionMatrix">The number of test rows by class (first index) and predicted class (second index).</param>
/// <param name="PredictedClasses">The predicted class of each test row, 0-based, in the order of the rows that have an image and a label.</param>
/// <param name="TestRows">The number of evaluated test rows.</param>
/// <param name="Duration">The duration of the evaluation.</param>
public sealed record FineTuneResult(
    IReadOnlyList<string> ClassNames,
    double Accuracy,
    double? Top5Accuracy,
    double LogLoss,
    IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix,
    IReadOnlyList<int> PredictedClasses,
    long TestRows,
    TimeSpan Duration);
