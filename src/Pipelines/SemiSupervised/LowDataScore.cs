namespace IGptMl;

/// <summary>The accuracy of one representation with one number of labels, over the seeds.</summary>
public sealed record LowDataScore
{
    /// <summary>The representation.</summary>
    public required string Representation { get; init; }

    /// <summary>The number of labels.</summary>
    public required int Budget { get; init; }

    /// <summary>The mean accuracy, 0 to 1.</summary>
    public required double Mean { get; init; }

    /// <summary>The sample standard deviation (divided by the number of seeds less one); null for one seed.</summary>
    public required double? StandardDeviation { get; init; }

    /// <summary>The classifiers.</summary>
    public required IReadOnlyList<LowDataRun> Runs { get; init; }

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
        return new LowDataScore
        {
            Representation = runs[0].Representation,
            Budget = runs[0].Budget,
            Mean = mean,
            StandardDeviation = deviation,
            Runs = runs,
        };
    }
}
