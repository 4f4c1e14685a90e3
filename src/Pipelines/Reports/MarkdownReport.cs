using System.Globalization;
using System.Text;

namespace IGptMl.Reports;

/// <summary>The tables and plots of a study as Markdown, for display in a repository.</summary>
internal static class MarkdownReport
{
    internal static string Create(Report results)
    {
        var text = new StringBuilder().Append("# ").Append(Escape(results.Title)).Append("\n\n").Append(Escape(Lead(results))).Append("\n\n");
        var plots = ReportPlots.Of(results).ToList();
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
            foreach (var (name, caption, _) in plots.Where(plot => plot.Name == table.Plot))
            {
                text.Append(CultureInfo.InvariantCulture, $"![{Escape(caption)}](plots/{name}.png)\n\n{Escape(caption)}\n\n");
            }
        }

        foreach (var note in results.Notes)
        {
            text.Append("- ").Append(Escape(note)).Append('\n');
        }

        text.Append(results.Notes.Count > 0 ? "\n" : string.Empty);
        foreach (var (name, value) in results.Configuration)
        {
            text.Append("- ").Append(Escape(name)).Append(": ").Append(Escape(value)).Append('\n');
        }

        var source = results.Provenance;
        text.Append(CultureInfo.InvariantCulture, $"\n{source.Created:yyyy-MM-dd}; {source.Processor}, {source.Cores} cores; ");
        text.Append(CultureInfo.InvariantCulture, $"IGptMl {source.IGptMl}, {source.DotNet}, ML.NET {source.MLNet}, TorchSharp {source.TorchSharp}; ");
        return text.Append(CultureInfo.InvariantCulture, $"{results.TotalSeconds:F0} s.\n").ToString();
    }

    /// <summary>The model and the data of the evaluation, in a sentence or two.</summary>
    internal static string Lead(Report results)
    {
        var (model, probe) = (results.Models[0], results.Models[0].Probe);
        var pretrained = results.PretrainedOn is { } source ? $" Pretrained on {source}, without labels." : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Config.Layers} layers, width {model.Config.EmbeddingSize}, {model.Config.ImageSize}x{model.Config.ImageSize} pixels, "
                + $"{model.Config.Colors} colors, {model.Parameters:N0} parameters.{pretrained} "
                + $"{probe.TrainingRows:N0} labeled images, {probe.TestRows:N0} test images, {probe.ClassNames.Count} classes.");
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
