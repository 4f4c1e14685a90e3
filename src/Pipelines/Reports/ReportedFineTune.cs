namespace IGptMl.Reports;

/// <summary>The result of fine-tuning the whole network on the same images, in a results file.</summary>
/// <param name="Accuracy">The accuracy on the test images, 0 to 1.</param>
/// <param name="Top5Accuracy">The top-5 accuracy on the test images, 0 to 1; null if there are at most five classes.</param>
/// <param name="LogLoss">The mean of -ln p(class), in nats.</param>
/// <param name="Seconds">The duration of fitting and evaluating.</param>
internal sealed record ReportedFineTune(double Accuracy, double? Top5Accuracy, double LogLoss, double Seconds)
{
    /// <summary>The confusion matrix: how often each class (first index) was predicted as each class (second index).</summary>
    public IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init; } = [];

    internal static ReportedFineTune Of(FineTuneResult result)
    {
        var seconds = Math.Round(result.Duration.TotalSeconds, 1);
        return new ReportedFineTune(result.Accuracy, result.Top5Accuracy, result.LogLoss, seconds) { ConfusionMatrix = result.ConfusionMatrix };
    }
}
