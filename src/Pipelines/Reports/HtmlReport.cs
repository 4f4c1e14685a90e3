using System.Globalization;
using System.Net;
using System.Text;

namespace IGptMl.Reports;

/// <summary>A study as one self-contained page: plots and pictures are embedded, and neither network nor scripts are needed.</summary>
internal static class HtmlReport
{
    private const string StyleResource = "IGptMl.Reports.report.css";
    private const int WideWidth = 860;
    private const int NarrowWidth = 380;
    private const int Height = 380;
    private const int GreatestConfusion = 30;

    internal static string Create(Report results)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<title>").Append(Text(results.Title)).Append("</title>\n<style>\n").Append(ReadStyle()).Append("</style>\n</head>\n<body>\n<main>\n");
        AppendHead(page, results);
        var plots = ReportPlots.Of(results).ToDictionary(plot => plot.Name);
        var (model, probe) = (results.Models[0], results.Models[0].Probe);

        Section(
            page,
            "layers",
            "What each layer knows",
            "A linear classifier on the features of each layer, averaged over the positions. The network was trained without labels.");
        AppendPlot(page, plots, ReportPlots.DepthCurveName);
        AppendTable(page, ReportTables.Layers(probe));
        AppendTable(page, ReportTables.Published(results));
        page.Append("</section>\n");

        if (results.LowData.Count > 0)
        {
            Section(
                page,
                "few-labels",
                "With few labels",
                "The same classifier when only some images have labels. The rest of the training set is not used; layer and regularization are chosen with the "
                    + "drawn labels only.");
            AppendPlot(page, plots, ReportPlots.LowDataName);
            AppendTable(page, ReportTables.LowData(results.LowData));
            page.Append("</section>\n");
        }

        if (results.FineTune is not null)
        {
            Section(page, "fine-tuned", "Fine-tuned", "All weights are trained on the labels, with the sum of classification loss and generative loss.");
            AppendTable(page, ReportTables.FineTune(results));
            page.Append("</section>\n");
        }

        var title = results.Models.Count > 1 ? "Models compared" : "Generative loss";
        Section(page, "models", title, "How well the model predicts test images, and what its best layer knows.");
        AppendPlot(page, plots, ReportPlots.LossAndAccuracyName);
        AppendTable(page, ReportTables.Models(results.Models));
        page.Append("</section>\n");

        if (probe.ClassNames.Count <= GreatestConfusion)
        {
            Section(page, "confusion", "Confusion matrix", $"Test images by class (rows) and predicted class (columns), from {probe.Best.ToLowerInvariant()}.");
            AppendConfusion(page, probe.ClassNames, probe.ConfusionMatrix);
            if (results.FineTune is { ConfusionMatrix.Count: > 0 } fineTuned)
            {
                page.Append("<p class=\"caption\">The same for the fine-tuned network.</p>\n");
                AppendConfusion(page, probe.ClassNames, fineTuned.ConfusionMatrix);
            }

            page.Append("</section>\n");
        }

        var size = model.Config.ImageSize;
        AppendPictures(
            page,
            "mistakes",
            "Misclassified test images",
            $"As the model sees them, {size}x{size} pixels: examples of the most frequent confusions.",
            results.Misclassified);
        AppendPictures(
            page,
            "completions",
            "Completions",
            "The upper halves of test images, as the model sees them; three completions at temperature 1; and the images in the palette's colors.",
            results.Completions);
        AppendSources(page, results);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void AppendHead(StringBuilder page, Report results)
    {
        var (model, probe) = (results.Models[0], results.Models[0].Probe);
        page.Append("<header>\n<h1>").Append(Text(results.Title)).Append("</h1>\n<p class=\"lead\">")
            .Append(Text(MarkdownReport.Lead(results)))
            .Append("</p>\n<ul class=\"facts\">\n");
        Fact(page, $"{ReportTables.Percent(probe.BestLayer.Accuracy)} %", $"best layer ({string.Join('+', probe.BestLayer.Layers)} of {model.Config.Layers})");
        if (probe.Baselines.MaxBy(baseline => baseline.Accuracy) is { } baseline)
        {
            Fact(page, $"{ReportTables.Percent(baseline.Accuracy)} %", $"best without the network ({baseline.Name.ToLowerInvariant()})");
        }

        foreach (var score in results.LowData.Where(score => score.Representation == LowDataExperiment.ModelName))
        {
            Fact(page, $"{ReportTables.Percent(score.Mean)} %", $"with {ReportTables.Number(score.Budget)} labels");
        }

        Fact(page, model.NatsPerToken.ToString("F3", CultureInfo.InvariantCulture), "nats per token");
        page.Append("</ul>\n</header>\n");
    }

    private static void Fact(StringBuilder page, string value, string what) =>
        page.Append("<li><strong>").Append(Text(value)).Append("</strong><span>").Append(Text(what)).Append("</span></li>\n");

    private static void Section(StringBuilder page, string id, string title, string lead)
        => page.Append("<section id=\"").Append(id).Append("\">\n<h2>").Append(Text(title)).Append("</h2>\n<p>").Append(Text(lead)).Append("</p>\n");

    /// <summary>Appends four versions of a plot. The style shows the one that fits the width and the color scheme of the reader's screen.</summary>
    private static void AppendPlot(
        StringBuilder page,
        Dictionary<string, (string Name, string Caption, Func<PlotTheme, OxyPlot.PlotModel> Create)> plots,
        string name)
    {
        if (!plots.TryGetValue(name, out var plot))
        {
            return;
        }

        page.Append("<figure>\n");
        foreach (var theme in (PlotTheme[])[PlotTheme.Light, PlotTheme.Dark])
        {
            foreach (var (size, width) in ((string, int)[])[("wide", WideWidth), ("narrow", NarrowWidth)])
            {
                var svg = PlotImages.InlineSvg(plot.Create(theme), width, Height, $"{name}-{theme.Name}-{size}");
                page.Append("<div class=\"plot ").Append(theme.Name).Append(' ').Append(size).Append("\">").Append(svg).Append("</div>\n");
            }
        }

        page.Append("<figcaption>").Append(Text(plot.Caption)).Append("</figcaption>\n</figure>\n");
    }

    private static void AppendTable(StringBuilder page, ReportTable table)
    {
        page.Append("<p class=\"caption\">").Append(Text(table.Caption)).Append("</p>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
        foreach (var column in table.Columns)
        {
            page.Append("<th scope=\"col\">").Append(Text(column)).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Append(row.Stress ? "<tr class=\"stress\">" : row.Published ? "<tr class=\"published\">" : "<tr>");
            for (var i = 0; i < row.Cells.Count; i++)
            {
                page.Append(i == 0 ? "<th scope=\"row\">" : "<td>").Append(Text(row.Cells[i])).Append(i == 0 ? "</th>" : "</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static void AppendConfusion(StringBuilder page, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<int>> matrix)
    {
        page.Append("<div class=\"scroll\" tabindex=\"0\"><table class=\"confusion\">\n<thead><tr><td></td>");
        foreach (var name in names)
        {
            page.Append("<th scope=\"col\"><span>").Append(Text(name)).Append("</span></th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        for (var actual = 0; actual < names.Count; actual++)
        {
            page.Append("<tr><th scope=\"row\">").Append(Text(names[actual])).Append("</th>");
            var all = Math.Max(1, matrix[actual].Sum());
            for (var predicted = 0; predicted < names.Count; predicted++)
            {
                var count = matrix[actual][predicted];
                var kind = actual == predicted ? "right" : "wrong";
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"{kind}\" style=\"--share:{100.0 * count / all:F0}%\">{count}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static void AppendPictures(StringBuilder page, string id, string title, string lead, IReadOnlyList<ReportedPicture> pictures)
    {
        if (pictures.Count == 0)
        {
            return;
        }

        Section(page, id, title, lead);
        page.Append("<ul class=\"pictures ").Append(id).Append("\">\n");
        foreach (var picture in pictures)
        {
            page.Append("<li><img alt=\"\" src=\"data:image/png;base64,")
                .Append(Convert.ToBase64String(picture.Png))
                .Append("\"><span>")
                .Append(Text(picture.Caption))
                .Append("</span></li>\n");
        }

        page.Append("</ul>\n</section>\n");
    }

    private static void AppendSources(StringBuilder page, Report results)
    {
        Section(page, "sources", "How this was made", "All values are in results.json in the same folder.");
        foreach (var note in results.Notes)
        {
            page.Append("<p class=\"note\">").Append(Text(note)).Append("</p>\n");
        }

        page.Append("<dl>\n");
        var source = results.Provenance;
        foreach (var (name, value) in results.Configuration.Select(setting => (setting.Key, setting.Value)).Concat(
        [
            ("created", source.Created.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            ("time", string.Create(CultureInfo.InvariantCulture, $"{results.TotalSeconds:N0} s; without the time of results that a cache provided")),
            ("machine", string.Create(
                CultureInfo.InvariantCulture,
                $"{source.Processor}, {source.Cores} cores, {source.MemoryGigabytes} GB; {source.OperatingSystem}")),
            ("software", $"IGptMl {source.IGptMl}, {source.DotNet}, ML.NET {source.MLNet}, TorchSharp {source.TorchSharp}"),
            ("weights", $"SHA-256 {results.Models[0].Checksum}"),
        ]))
        {
            page.Append("<dt>").Append(Text(name)).Append("</dt><dd>").Append(Text(value)).Append("</dd>\n");
        }

        page.Append("</dl>\n</section>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string ReadStyle()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(StyleResource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
