namespace IGptMl.Reports;

/// <summary>A probed representation in a results file.</summary>
/// <param name="Name">"Layer 3", "Layers 3+4+5", or the name of a baseline.</param>
/// <param name="Layers">The layers; empty for a baseline.</param>
/// <param name="Features">The number of features.</param>
/// <param name="Accuracy">The accuracy on the test images, 0 to 1.</param>
/// <param name="Top5Accuracy">The top-5 accuracy on the test images, 0 to 1; null if there are at most five classes.</param>
/// <param name="ValidationAccuracy">The accuracy on the held-out training images, 0 to 1; null if no choice was made.</param>
/// <param name="L2Regularization">The chosen L2 regularization weight.</param>
/// <param name="Seconds">The duration of choosing, fitting and evaluating.</param>
internal sealed record ReportedRepresentation(
    string Name,
    IReadOnlyList<int> Layers,
    int Features,
    double Accuracy,
    double? Top5Accuracy,
    double? ValidationAccuracy,
    float L2Regularization,
    double Seconds)
{
    internal static ReportedRepresentation Of(ProbedRepresentation probed)
        => new(
            probed.Name,
            probed.Layers,
            probed.FeatureCount,
            probed.Accuracy,
            probed.Top5Accuracy,
            probed.ValidationAccuracy,
            probed.L2Regularization,
            Math.Round(probed.Duration.TotalSeconds, 3));
}
