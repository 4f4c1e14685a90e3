namespace IGptMl.Cli.Results;

/// <summary>The result of igpt report.</summary>
/// <param name="Report">The path of the HTML page.</param>
/// <param name="BestLayer">The best layer.</param>
/// <param name="BestAccuracy">Its accuracy, 0 to 1.</param>
/// <param name="NatsPerToken">The generative loss.</param>
/// <param name="LowData">The accuracy with few labels; empty if omitted.</param>
internal sealed record ReportSummary(string Report, string BestLayer, double BestAccuracy, double NatsPerToken, IReadOnlyList<LowDataLine> LowData)
{
    /// <summary>The result as names and formatted values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("report", Report),
        ("best", $"{BestLayer}: {BestAccuracy:P1}"),
        ("nats per token", $"{NatsPerToken:F4}"),
        .. LowData.Where(line => line.Representation == LowDataExperiment.ModelName).Select(line => ($"{line.Labels:N0} labels", $"{line.Mean:P1}")),
    ];

    internal static ReportSummary Of(string folder, StudyResults results)
    {
        var model = results.Models[0];
        return new ReportSummary(
            Path.Combine(folder, "report.html"),
            model.Probe.Best.Name,
            model.Probe.Best.Accuracy,
            model.NatsPerToken,
            [.. results.LowData?.Scores.Select(LowDataLine.Of) ?? []]);
    }
}
