namespace IGptMl.Reports;

/// <summary>A row of a published table.</summary>
/// <param name="Method">The method, and its pretraining data if any.</param>
/// <param name="Values">Accuracies as published, one per column; a dash if there is no value.</param>
internal sealed record PublishedRow(string Method, params IReadOnlyList<string> Values);
