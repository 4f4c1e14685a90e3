namespace IGptMl.Reports;

/// <summary>The whole network fine-tuned on the same images, in a results file.</summary>
/// <param name="Accuracy">On the test images, 0 to 1.</param>
/// <param name="Top5Accuracy">On the test images, 0 to 1; null where there are no more than five classes.</param>
/// <param name="LogLoss">The mean of -ln p(class), in nats.</param>
/// <param name="Seconds">The time of fitting and evaluating.</param>
public sealed record ReportedFineTune(double Accuracy, double? Top5Accuracy, double LogLoss, double Seconds);
