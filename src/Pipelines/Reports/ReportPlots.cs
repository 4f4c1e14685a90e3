using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace IGptMl.Reports;

/// <summary>The paper's figures, with the results of a study.</summary>
internal static class ReportPlots
{
    /// <summary>Accuracy by layer.</summary>
    internal const string DepthCurveName = "depth-curve";

    /// <summary>Accuracy by number of labels.</summary>
    internal const string LowDataName = "low-data";

    /// <summary>Generative loss and accuracy.</summary>
    internal const string LossAndAccuracyName = "loss-and-accuracy";

    /// <summary>The title of the accuracy axes.</summary>
    internal const string Percent = "accuracy, %";

    // Lines can be distinguished without their colors, too.
    private static readonly IReadOnlyList<LineStyle> Dashes = [LineStyle.Dash, LineStyle.Dot, LineStyle.DashDot, LineStyle.LongDash];

    /// <summary>The plots for which the results suffice: a file name, a caption, and a function that creates the plot in a theme.</summary>
    internal static IEnumerable<(string Name, string Caption, Func<PlotTheme, PlotModel> Create)> Of(Report results)
    {
        if (results.Models is [var first, ..] && first.Probe.Layers.Count(layer => layer.Layers.Count == 1) > 1)
        {
            yield return (
                DepthCurveName,
                "Accuracy of a linear classifier by layer (the paper's figure 2). Dashed: the same classifier without the network.",
                theme => DepthCurve(results.Models, theme));
        }

        if (results.LowData.Count > 0)
        {
            yield return (
                LowDataName,
                "Accuracy by number of labels; bars are one sample standard deviation to each side.",
                theme => LowData(results.LowData, theme));
        }

        var comparable = results.Models.Where(model => model.IsComparableTo(results.Models[0])).ToArray();
        if (comparable.Length > 1)
        {
            yield return (
                LossAndAccuracyName,
                "Generative loss and accuracy of the best layer, one point per model (the paper's figure 3): better to the right and above. "
                    + "A line connects the checkpoints of one run.",
                theme => LossAndAccuracyPlot.Create(comparable, theme));
        }
    }

    private static PlotModel DepthCurve(IReadOnlyList<ReportedModel> models, PlotTheme theme)
    {
        var plot = Create(theme);
        plot.Axes.Add(Axis(theme, AxisPosition.Bottom, "layer", step: models.Max(model => model.Config.Layers) > 16 ? 4 : 1));
        plot.Axes.Add(Axis(theme, AxisPosition.Left, Percent));
        var checkpoints = models.Where(model => model.Step is not null).ToArray();
        var color = 0;
        foreach (var model in checkpoints.Concat(models.Where(model => model.Step is null))) // a run's checkpoints are drawn first, earlier ones paler
        {
            var at = Array.IndexOf(checkpoints, model);
            var line = new LineSeries
            {
                Title = model.Name,
                Color = at < 0 ? theme.Series[color++ % theme.Series.Count] : theme.Paler(0.25 + (0.5 * at / checkpoints.Length)),
                StrokeThickness = at < 0 ? 2.5 : 1.5,
                MarkerType = MarkerType.Circle,
                MarkerSize = at < 0 ? 3.5 : 2.5,
            };
            var single = model.Probe.Layers.Where(layer => layer.Layers.Count == 1);
            line.Points.AddRange(single.Select(layer => new DataPoint(layer.Layers[0], 100 * layer.Accuracy)));
            plot.Series.Add(line);
        }

        var last = models.Max(model => model.Config.Layers);
        foreach (var (i, baseline) in models[0].Probe.Baselines.Index())
        {
            var line = new LineSeries
            {
                Title = baseline.Name,
                Color = theme.Series[color++ % theme.Series.Count],
                StrokeThickness = 1.5,
                LineStyle = Dashes[i % Dashes.Count],
            };
            line.Points.AddRange([new DataPoint(0, 100 * baseline.Accuracy), new DataPoint(last, 100 * baseline.Accuracy)]);
            plot.Series.Add(line);
        }

        return plot;
    }

    private static PlotModel LowData(IReadOnlyList<LowDataScore> scores, PlotTheme theme)
    {
        var plot = Create(theme);
        var budgets = scores.Select(score => score.Budget).Distinct().Order().ToList();
        var bottom = new CategoryAxis
        {
            Position = AxisPosition.Bottom,
            Title = "labels",
            IsTickCentered = true,
            TextColor = theme.Text,
            TitleColor = theme.Text,
            TicklineColor = theme.Grid,
            AxisTitleDistance = 8,
        };
        bottom.Labels.AddRange(budgets.Select(budget => ReportTables.Number(budget)));
        plot.Axes.Add(bottom);
        plot.Axes.Add(Axis(theme, AxisPosition.Left, Percent));
        var color = 0;
        foreach (var group in scores.GroupBy(score => score.Representation).OrderBy(group => group.Key == LowDataExperiment.ModelName ? 0 : 1))
        {
            var shade = theme.Series[color++ % theme.Series.Count];
            var line = new LineSeries
            {
                Title = group.Key,
                Color = shade,
                StrokeThickness = color == 1 ? 2.5 : 1.5,
                MarkerType = MarkerType.Circle,
                MarkerSize = 3.5,
                LineStyle = color == 1 ? LineStyle.Solid : LineStyle.Dash,
            };
            line.Points.AddRange(group.Select(score => new DataPoint(budgets.IndexOf(score.Budget), 100 * score.Mean)));
            plot.Series.Add(line);
            var bars = new ScatterErrorSeries { ErrorBarColor = shade, MarkerType = MarkerType.None, ErrorBarStrokeThickness = 1.5 };
            bars.Points.AddRange(group.Select(
                score => new ScatterErrorPoint(budgets.IndexOf(score.Budget), 100 * score.Mean, 0, 200 * (score.StandardDeviation ?? 0))));
            plot.Series.Add(bars);
        }

        return plot;
    }

    /// <summary>An empty plot.</summary>
    internal static PlotModel Create(PlotTheme theme)
    {
        var plot = new PlotModel
        {
            Background = theme.Background,
            TextColor = theme.Text,
            PlotAreaBorderThickness = new OxyThickness(0),
            DefaultFont = PlotImages.Font,
            DefaultFontSize = 13,
            Padding = new OxyThickness(4, 8, 12, 4),
        };
        plot.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.TopLeft,
            LegendOrientation = LegendOrientation.Horizontal,
            LegendTextColor = theme.Text,
            LegendMargin = 0,
            LegendItemSpacing = 16,
        });
        return plot;
    }

    /// <summary>A numeric axis.</summary>
    internal static LinearAxis Axis(PlotTheme theme, AxisPosition position, string title, double step = double.NaN) => new()
    {
        Position = position,
        Title = title,
        MajorStep = step,
        MajorGridlineStyle = position == AxisPosition.Left ? LineStyle.Solid : LineStyle.None,
        MajorGridlineColor = theme.Grid,
        TextColor = theme.Text,
        TitleColor = theme.Text,
        TicklineColor = theme.Grid,
        MinorTickSize = 0,
        MinimumPadding = 0.06,
        MaximumPadding = 0.06,
        AxisTitleDistance = 8,
    };
}
