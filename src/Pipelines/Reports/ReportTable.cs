namespace IGptMl.Reports;

/// <summary>A table of a report, for all output formats. The first column is text, the others are numeric.</summary>
/// <param name="Caption">The caption.</param>
/// <param name="Columns">The column headings.</param>
/// <param name="Rows">The rows.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<ReportTable.Row> Rows)
{
    /// <summary>The name of the plot that belongs to the table; null for none.</summary>
    internal string? Plot { get; init; }

    /// <summary>A row.</summary>
    /// <param name="Cells">One cell per column.</param>
    /// <param name="Stress">Whether the row is emphasized.</param>
    /// <param name="Published">Whether the row is a published result.</param>
    internal sealed record Row(IReadOnlyList<string> Cells, bool Stress = false, bool Published = false);
}
