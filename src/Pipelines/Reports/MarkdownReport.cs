using System.Text;

namespace IGptMl.Reports;

/// <summary>The tables of a study as Markdown.</summary>
internal static class MarkdownReport
{
    internal static string Create(StudyResults results)
    {
        var text = new StringBuilder().Append("# ").Append(Escape(results.Title)).Append("\n\n");
        foreach (var table in ReportTables.Of(results))
        {
            text.Append(Escape(table.Caption)).Append("\n\n");
            AppendRow(text, table.Columns, stress: false);
            AppendRow(text, [.. table.Columns.Select((_, i) => i == 0 ? "--" : "--:")], stress: false);
            foreach (var row in table.Rows)
            {
                AppendRow(text, [.. row.Cells.Select(Escape)], row.Stress);
            }

            text.Append('\n');
        }

        foreach (var note in results.Notes)
        {
            text.Append("- ").Append(Escape(note)).Append('\n');
        }

        var source = results.Provenance;
        return text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n{source.Created:yyyy-MM-dd}; {source.Processor}, {source.Cores} cores; {source.DotNet}, ML.NET {source.MLNet}, TorchSharp {source.TorchSharp}; {results.TotalSeconds:F0} s.\n").ToString();
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells, bool stress)
    {
        foreach (var cell in cells)
        {
            text.Append("| ").Append(stress ? $"**{cell}**" : cell).Append(' ');
        }

        text.Append("|\n");
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
