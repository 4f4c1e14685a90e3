namespace IGptMl.Cli.Results;

/// <summary>What igpt probe tells.</summary>
/// <param name="TrainingImages">The images that the classifiers were fitted to.</param>
/// <param name="TestImages">The images of the accuracy.</param>
/// <param name="BestLayer">The layer with the greatest accuracy; null where layers together have it.</param>
/// <param name="Best">Its name.</param>
/// <param name="BestAccuracy">Its accuracy, 0 to 1.</param>
/// <param name="Layers">The layers, and those together.</param>
/// <param name="Baselines">The same classifier without the network.</param>
internal sealed record ProbeResult(long TrainingImages, long TestImages, int? BestLayer, string Best, double BestAccuracy,
    IReadOnlyList<ProbeResult.Line> Layers, IReadOnlyList<ProbeResult.Line> Baselines)
{
    internal static ProbeResult Of(LinearProbeResult result) => new(
        result.TrainingRows,
        result.TestRows,
        result.Best.Layer,
        result.Best.Name,
        result.Best.Accuracy,
        [.. result.Layers.Select(Line.Of)],
        [.. result.Baselines.Select(Line.Of)]);

    /// <summary>A representation of the images.</summary>
    /// <param name="Name">"Layer 3", or the name of a baseline.</param>
    /// <param name="Layer">The layer; null for a baseline.</param>
    /// <param name="Features">The length of the representation.</param>
    /// <param name="Accuracy">The share of test images whose class is predicted, 0 to 1.</param>
    /// <param name="Top5Accuracy">The share whose class is among the five likeliest; null where there are no more than five classes.</param>
    /// <param name="L2Regularization">The weight of the squared norm that was chosen.</param>
    internal sealed record Line(string Name, int? Layer, int Features, double Accuracy, double? Top5Accuracy, float L2Regularization)
    {
        internal static Line Of(ProbedRepresentation probed)
            => new(probed.Name, probed.Layer, probed.FeatureCount, probed.Accuracy, probed.Top5Accuracy, probed.L2Regularization);
    }
}
