namespace IGptMl.Reports;

/// <summary>A table of a report, for every form that it is written in. The first column is text, the others are numbers.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">The rows.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<ReportTable.Row> Rows)
{
    /// <summary>The plot that belongs to it; null for none.</summary>
    internal string? Plot { get; init; }

    /// <summary>A row.</summary>
    /// <param name="Cells">One a column.</param>
    /// <param name="Stress">Whether it is the row to look at.</param>
    /// <param name="Published">Whether it is somebody else's.</param>
    internal sealed record Row(IReadOnlyList<string> Cells, bool Stress = false, bool Published = false);
}
