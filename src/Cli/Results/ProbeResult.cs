using IGptMl.LinearProbe;

namespace IGptMl.Cli.Results;

/// <summary>What igpt probe tells.</summary>
/// <param name="TrainingImages">The images that the classifiers were fitted to.</param>
/// <param name="TestImages">The images of the accuracy.</param>
/// <param name="BestLayer">The layer with the greatest accuracy.</param>
/// <param name="BestAccuracy">Its accuracy, 0 to 1.</param>
/// <param name="Layers">The layers.</param>
/// <param name="Baselines">Raw pixels and palette tokens.</param>
internal sealed record ProbeResult(long TrainingImages, long TestImages, int BestLayer, double BestAccuracy, IReadOnlyList<ProbeResult.Line> Layers, IReadOnlyList<ProbeResult.Line> Baselines)
{
    internal static ProbeResult Of(LinearProbeResult result) => new(
        result.TrainingRows,
        result.TestRows,
        result.Best.Layer!.Value,
        result.Best.Accuracy,
        [.. result.Layers.Select(Line.Of)],
        [.. result.Baselines.Select(Line.Of)]);

    /// <summary>A representation of the images.</summary>
    /// <param name="Name">"Layer 3", or the name of a baseline.</param>
    /// <param name="Layer">The layer; null for a baseline.</param>
    /// <param name="Features">The length of the representation.</param>
    /// <param name="Accuracy">The share of test images whose class is predicted, 0 to 1.</param>
    internal sealed record Line(string Name, int? Layer, int Features, double Accuracy)
    {
        internal static Line Of(ProbedRepresentation probed) => new(probed.Name, probed.Layer, probed.FeatureCount, probed.Accuracy);
    }
}
