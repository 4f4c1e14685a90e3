namespace IGptMl.LinearProbe;

/// <summary>How well a linear classifier does on one representation of the images.</summary>
/// <param name="Name">"Layer 3", or the name of a baseline.</param>
/// <param name="Layer">The layer, 0 to L; null for a baseline.</param>
/// <param name="FeatureCount">The length of the representation.</param>
/// <param name="Accuracy">The share of test rows whose class is predicted, 0 to 1 (ML.NET's micro-accuracy).</param>
/// <param name="L2Regularization">The weight of the squared norm that was chosen.</param>
/// <param name="Duration">The time of choosing, fitting and evaluating the classifier, features not included.</param>
public sealed record ProbedRepresentation(string Name, int? Layer, int FeatureCount, double Accuracy, float L2Regularization, TimeSpan Duration);
