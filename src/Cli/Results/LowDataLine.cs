namespace IGptMl.Cli.Results;

/// <summary>What igpt low-data tells of a representation with a number of labels.</summary>
/// <param name="Representation">What the classifiers see.</param>
/// <param name="Labels">The number of labels.</param>
/// <param name="Mean">The mean accuracy over the draws of the labels, 0 to 1.</param>
/// <param name="SampleStandardDeviation">Their sample standard deviation; null for one draw.</param>
/// <param name="Accuracies">The accuracy of each draw.</param>
internal sealed record LowDataLine(string Representation, int Labels, double Mean, double? SampleStandardDeviation, IReadOnlyList<double> Accuracies)
{
    internal static LowDataLine Of(LowDataScore score)
        => new(score.Representation, score.Budget, score.Mean, score.StandardDeviation, [.. score.Runs.Select(run => run.Accuracy)]);
}
