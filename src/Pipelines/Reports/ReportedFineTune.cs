namespace IGptMl;

/// <summary>The whole network fine-tuned on the same images, in a results file.</summary>
/// <param name="Accuracy">On the test images, 0 to 1.</param>
/// <param name="Top5Accuracy">On the test images, 0 to 1; null where there are no more than five classes.</param>
/// <param name="LogLoss">The mean of -ln p(class), in nats.</param>
/// <param name="Seconds">The time of fitting and evaluating.</param>
public sealed record ReportedFineTune(double Accuracy, double? Top5Accuracy, double LogLoss, double Seconds)
{
    /// <summary>How often each class (first index) was predicted as each class (second).</summary>
    public IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init; } = [];

    /// <summary>The result of an experiment that took so long.</summary>
    /// <param name="result">The result.</param>
    /// <param name="duration">The time of fitting and evaluating.</param>
    public static ReportedFineTune Of(FineTuneResult result, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ReportedFineTune(result.Accuracy, result.Top5Accuracy, result.LogLoss, Math.Round(duration.TotalSeconds, 1)) { ConfusionMatrix = result.ConfusionMatrix };
    }
}
