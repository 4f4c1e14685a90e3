namespace IGptMl;

/// <summary>A probed representation in a results file.</summary>
/// <param name="Name">"Layer 3", "Layers 3+4+5", or the name of a baseline.</param>
/// <param name="Layers">Its layers; none for a baseline.</param>
/// <param name="Features">Its length.</param>
/// <param name="Accuracy">On the test images, 0 to 1.</param>
/// <param name="Top5Accuracy">On the test images, 0 to 1; null where there are no more than five classes.</param>
/// <param name="ValidationAccuracy">On the training images held out, 0 to 1; null where there was no choice.</param>
/// <param name="L2Regularization">The weight of the squared norm that was chosen.</param>
/// <param name="Seconds">The time of choosing, fitting and evaluating.</param>
public sealed record ReportedRepresentation(string Name, IReadOnlyList<int> Layers, int Features, double Accuracy, double? Top5Accuracy, double? ValidationAccuracy, float L2Regularization, double Seconds)
{
    internal static ReportedRepresentation Of(ProbedRepresentation probed)
        => new(probed.Name, probed.Layers, probed.FeatureCount, probed.Accuracy, probed.Top5Accuracy, probed.ValidationAccuracy, probed.L2Regularization, Math.Round(probed.Duration.TotalSeconds, 3));
}
