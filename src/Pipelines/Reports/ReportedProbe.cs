namespace IGptMl.Reports;

/// <summary>A linear probe in a results file.</summary>
/// <param name="TrainingRows">The number of labeled images.</param>
/// <param name="TestRows">The number of test images.</param>
/// <param name="FeatureSeconds">The duration of computing the features; 0 if they came from a cache.</param>
/// <param name="Best">The representation with the highest accuracy on the test images.</param>
/// <param name="Chosen">The representation with the highest accuracy on the held-out training images.</param>
/// <param name="Layers">The results of layers and of concatenations of layers.</param>
/// <param name="Baselines">The results of the same classifier without the network.</param>
/// <param name="ClassNames">The classes.</param>
/// <param name="ConfusionMatrix">How often each class (first index) was predicted as each class (second index) from the best representation.</param>
internal sealed record ReportedProbe(
    long TrainingRows,
    long TestRows,
    double FeatureSeconds,
    string Best,
    string Chosen,
    IReadOnlyList<ReportedRepresentation> Layers,
    IReadOnlyList<ReportedRepresentation> Baselines,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix)
{
    internal ReportedRepresentation BestLayer => Layers.First(layer => layer.Name == Best);

    internal static ReportedProbe Of(LinearProbeResult result) => new(
        result.TrainingRows,
        result.TestRows,
        Math.Round(result.FeatureDuration.TotalSeconds, 3),
        result.Best.Name,
        result.Chosen.Name,
        [.. result.Layers.Select(ReportedRepresentation.Of)],
        [.. result.Baselines.Select(ReportedRepresentation.Of)],
        result.ClassNames,
        result.ConfusionMatrix(result.Best));
}
