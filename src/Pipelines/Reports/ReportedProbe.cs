namespace IGptMl;

/// <summary>A linear probe in a results file.</summary>
/// <param name="TrainingRows">The labeled images.</param>
/// <param name="TestRows">The images of the accuracy.</param>
/// <param name="FeatureSeconds">The time that the network ran; 0 where the features came from a cache.</param>
/// <param name="Best">The representation with the greatest accuracy on the test images.</param>
/// <param name="Chosen">The one with the greatest accuracy on the training images held out.</param>
/// <param name="Layers">The layers, and concatenations of them.</param>
/// <param name="Baselines">What the same classifier does without the network.</param>
/// <param name="ClassNames">The classes.</param>
/// <param name="ConfusionMatrix">How often each class (first index) was predicted as each class (second) from the best representation.</param>
public sealed record ReportedProbe(
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
