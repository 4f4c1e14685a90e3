namespace IGptMl;

/// <summary>The results of a linear classifier on one representation of the images.</summary>
public sealed record ProbedRepresentation
{
    /// <summary>"Layer 3", "Layers 3+4+5", or the name of a baseline.</summary>
    public required string Name { get; init; }

    /// <summary>The layer, 0 to L; null for several layers and for a baseline.</summary>
    public required int? Layer { get; init; }

    /// <summary>The number of features.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>The fraction of test rows whose class is predicted, 0 to 1 (ML.NET's micro-accuracy).</summary>
    public required double Accuracy { get; init; }

    /// <summary>The chosen L2 regularization weight.</summary>
    public required float L2Regularization { get; init; }

    /// <summary>The duration of choosing, fitting and evaluating the classifier, without computing features.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The layers; empty for a baseline.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>The fraction of test rows whose class is among the five most probable ones, 0 to 1; null if there are at most five classes.</summary>
    public double? Top5Accuracy { get; init; }

    /// <summary>The accuracy of the chosen weight on the held-out training rows; null if no choice was made.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The predicted class of each test row, 0-based, in the order of the rows that have an image and a label.</summary>
    public IReadOnlyList<int> PredictedClasses { get; init; } = [];
}
