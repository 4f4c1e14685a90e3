namespace IGptMl.Optimization;

/// <summary>What a batch, or a part of one, has shown before the step that learns from it.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Metrics">Further means over the batch, by the names that they have in metrics.jsonl.</param>
internal sealed record BatchResult(double Loss, params IReadOnlyList<BatchResult.Metric> Metrics)
{
    /// <summary>The means over equal parts.</summary>
    internal static BatchResult Mean(IReadOnlyList<BatchResult> parts) => parts.Count == 1
        ? parts[0]
        : new BatchResult(
            parts.Sum(part => part.Loss) / parts.Count,
            [.. parts[0].Metrics.Select((metric, i) => metric with { Value = parts.Sum(part => part.Metrics[i].Value) / parts.Count })]);

    /// <summary>The value of a metric; null where the batch has none of that name.</summary>
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

    /// <summary>A number with a name.</summary>
    internal readonly record struct Metric(string Name, double Value);
}
