namespace IGptMl;

/// <summary>The results of a fine-tuned classifier on test images.</summary>
public sealed record FineTuneResult
{
    /// <summary>The classes in the order of their keys; "1", "2", … if the label has no names.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The fraction of test rows whose class is predicted, 0 to 1 (ML.NET's micro-accuracy).</summary>
    public required double Accuracy { get; init; }

    /// <summary>The fraction of test rows whose class is among the five most probable ones, 0 to 1; null if there are at most five classes.</summary>
    public required double? Top5Accuracy { get; init; }

    /// <summary>The mean of -ln p(class), in nats.</summary>
    public required double LogLoss { get; init; }

    /// <summary>The number of test rows by class (first index) and predicted class (second index).</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init; }

    /// <summary>The predicted class of each test row, 0-based, in the order of the rows that have an image and a label.</summary>
    public required IReadOnlyList<int> PredictedClasses { get; init; }

    /// <summary>The number of evaluated test rows.</summary>
    public required long TestRows { get; init; }

    /// <summary>The duration of the evaluation, or of the training and the evaluation if one call did both.</summary>
    public required TimeSpan Duration { get; init; }
}
