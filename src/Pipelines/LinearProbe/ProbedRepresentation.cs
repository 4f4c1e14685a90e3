namespace IGptMl;

/// <summary>How well a linear classifier does on one representation of the images.</summary>
/// <param name="Name">"Layer 3", "Layers 3+4+5", or the name of a baseline.</param>
/// <param name="Layer">The layer, 0 to L; null for several layers and for a baseline.</param>
/// <param name="FeatureCount">The length of the representation.</param>
/// <param name="Accuracy">The share of test rows whose class is predicted, 0 to 1 (ML.NET's micro-accuracy).</param>
/// <param name="L2Regularization">The weight of the squared norm that was chosen.</param>
/// <param name="Duration">The time of choosing, fitting and evaluating the classifier, features not included.</param>
public sealed record ProbedRepresentation(string Name, int? Layer, int FeatureCount, double Accuracy, float L2Regularization, TimeSpan Duration)
{
    /// <summary>The layers; none for a baseline.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>The share of test rows whose class is among the five likeliest, 0 to 1; null where there are no more than five classes.</summary>
    public double? Top5Accuracy { get; init; }

    /// <summary>The accuracy of the chosen weight on the training rows that were held out for the choice; null where there was no choice.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The class predicted of each test row, 0-based, in the order of the rows that have an image and a label.</summary>
    public IReadOnlyList<int> PredictedClasses { get; init; } = [];
}
