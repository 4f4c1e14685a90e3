namespace IGptMl.Optimization;

/// <summary>The loss and metrics of a batch, or a part of one, before the optimizer step.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Metrics">Further means over the batch, by their names in metrics.jsonl.</param>
internal sealed record BatchResult(double Loss, params IReadOnlyList<BatchResult.Metric> Metrics)
{
    /// <summary>The mean of equal parts.</summary>
    internal static BatchResult Mean(IReadOnlyList<BatchResult> parts) => parts.Count == 1
        ? parts[0]
        : new BatchResult(
            parts.Sum(part => part.Loss) / parts.Count,
            [.. parts[0].Metrics.Select((metric, i) => metric with { Value = parts.Sum(part => part.Metrics[i].Value) / parts.Count })]);

    /// <summary>The value of a metric; null if the batch has none of that name.</summary>
    internal double? Find(string name)
    {
        foreach (var metric in Metrics)
        {
            if (metric.Name == name)
            {
                return metric.Value;
            }
        }

        return null;
    }

    /// <summary>A named value.</summary>
    internal readonly record struct Metric(string Name, double Value);
}
