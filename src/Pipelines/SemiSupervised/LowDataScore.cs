namespace IGptMl;

/// <summary>The accuracy of one representation with one number of labels, over the seeds.</summary>
/// <param name="Representation">The representation.</param>
/// <param name="Budget">The number of labels.</param>
/// <param name="Mean">The mean accuracy, 0 to 1.</param>
/// <param name="StandardDeviation">The sample standard deviation (divided by the number of seeds less one); null for one seed.</param>
/// <param name="Runs">The classifiers.</param>
public sealed record LowDataScore(string Representation, int Budget, double Mean, double? StandardDeviation, IReadOnlyList<LowDataRun> Runs)
{
    /// <summary>The mean and the standard deviation in percent, such as "45.1 ± 1.2".</summary>
    public override string ToString()
    {
        var deviation = StandardDeviation is { } value ? FormattableString.Invariant($" ± {100 * value:F1}") : string.Empty;
        return FormattableString.Invariant($"{100 * Mean:F1}{deviation}");
    }

    internal static LowDataScore Of(IReadOnlyList<LowDataRun> runs)
    {
        var mean = runs.Average(run => run.Accuracy);
        double? deviation = runs.Count > 1 ? Math.Sqrt(runs.Sum(run => (run.Accuracy - mean) * (run.Accuracy - mean)) / (runs.Count - 1)) : null;
        return new LowDataScore(runs[0].Representation, runs[0].Budget, mean, deviation, runs);
    }
}
