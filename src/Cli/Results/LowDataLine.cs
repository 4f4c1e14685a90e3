namespace IGptMl.Cli.Results;

/// <summary>The result of igpt low-data for a representation and a number of labels.</summary>
/// <param name="Representation">The representation that the classifiers use.</param>
/// <param name="Labels">The number of labels.</param>
/// <param name="Mean">The mean accuracy over the draws of the labels, 0 to 1.</param>
/// <param name="SampleStandardDeviation">The sample standard deviation; null for one draw.</param>
/// <param name="Accuracies">The accuracy of each draw.</param>
internal sealed record LowDataLine(string Representation, int Labels, double Mean, double? SampleStandardDeviation, IReadOnlyList<double> Accuracies)
{
    internal static LowDataLine Of(LowDataScore score)
        => new(score.Representation, score.Budget, score.Mean, score.StandardDeviation, [.. score.Runs.Select(run => run.Accuracy)]);
}
