namespace IGptMl;

/// <summary>One classifier fitted to one set of labels.</summary>
/// <param name="Representation">The representation: "Image GPT", or the name of a baseline.</param>
/// <param name="Budget">The number of labels.</param>
/// <param name="Seed">The seed that drew them.</param>
/// <param name="Source">The layers that were chosen with these labels only, such as "Layer 5"; for a baseline, its name.</param>
/// <param name="L2Regularization">The L2 regularization weight that was chosen with these labels only.</param>
/// <param name="Accuracy">The share of all test rows whose class is predicted, 0 to 1.</param>
/// <param name="Duration">The duration of choosing, fitting and evaluating.</param>
public sealed record LowDataRun(string Representation, int Budget, int Seed, string Source, float L2Regularization, double Accuracy, TimeSpan Duration);
