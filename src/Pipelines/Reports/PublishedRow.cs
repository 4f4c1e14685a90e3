namespace IGptMl.Reports;

/// <summary>A row of a published table.</summary>
/// <param name="Method">The method, and the data that it was pretrained on where it was.</param>
/// <param name="Values">Accuracies as printed, one a column; a dash where there is none.</param>
internal sealed record PublishedRow(string Method, params IReadOnlyList<string> Values);
