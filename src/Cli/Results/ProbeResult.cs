namespace IGptMl.Cli.Results;

/// <summary>The result of igpt probe.</summary>
/// <param name="TrainingImages">The number of images that the classifiers were fitted to.</param>
/// <param name="TestImages">The number of test images.</param>
/// <param name="BestLayer">The layer with the highest accuracy; null if it is a concatenation of layers.</param>
/// <param name="Best">The name of the best representation.</param>
/// <param name="BestAccuracy">Its accuracy, 0 to 1.</param>
/// <param name="Layers">The results of the layers, and of concatenated layers.</param>
/// <param name="Baselines">The results of the same classifier without the network.</param>
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
    /// <param name="Accuracy">The accuracy on the test images, 0 to 1.</param>
    /// <param name="Top5Accuracy">The accuracy of the five most probable classes, 0 to 1; null if there are at most five classes.</param>
    /// <param name="L2Regularization">The L2 regularization weight that was chosen.</param>
    internal sealed record Line(string Name, int? Layer, int Features, double Accuracy, double? Top5Accuracy, float L2Regularization)
    {
        internal static Line Of(ProbedRepresentation probed)
            => new(probed.Name, probed.Layer, probed.FeatureCount, probed.Accuracy, probed.Top5Accuracy, probed.L2Regularization);
    }
}
