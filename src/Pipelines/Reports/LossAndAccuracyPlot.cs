using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace IGptMl.Reports;

/// <summary>
/// The paper's figure 3, which shows whether a model with a lower generative loss has better features: the checkpoints of a run, and other models.
/// </summary>
internal static class LossAndAccuracyPlot
{
    private const double LabelSpace = 0.12; // of the axis range, for the labels of the outermost points

    /// <summary>Plots the first model, the checkpoints of its run connected to it by a line, and the other models.</summary>
    internal static PlotModel Create(IReadOnlyList<ReportedModel> models, PlotTheme theme)
    {
        var plot = ReportPlots.Create(theme);
        var bottom = ReportPlots.Axis(theme, AxisPosition.Bottom, "nats per token");
        (bottom.StartPosition, bottom.EndPosition) = (1, 0);
        plot.Axes.Add(bottom);
        plot.Axes.Add(ReportPlots.Axis(theme, AxisPosition.Left, ReportPlots.Percent));
        foreach (var axis in plot.Axes)
        {
            (axis.MinimumPadding, axis.MaximumPadding) = (LabelSpace, LabelSpace);
        }

        var run = models.Where(model => model.Step is not null).OrderBy(model => model.Step).Append(models[0]).ToArray();
        var others = models.Except(run).ToArray();
        if (run.Length > 1)
        {
            Add(plot, run, new LineSeries { Color = theme.Series[0], StrokeThickness = 2, MarkerType = MarkerType.Circle, MarkerSize = 4 });
        }

        foreach (var (i, model) in (run.Length > 1 ? others : [models[0], .. others]).Index())
        {
            var color = theme.Series[(run.Length > 1 ? i + 1 : i) % theme.Series.Count];
            Add(plot, [model], new LineSeries { Color = color, StrokeThickness = 0, MarkerType = MarkerType.Circle, MarkerSize = 5 });
        }

        Label(plot, models, theme);
        return plot;
    }

    private static DataPoint PointOf(ReportedModel model) => new(model.NatsPerToken, 100 * model.Probe.BestLayer.Accuracy);

    private static void Add(PlotModel plot, IEnumerable<ReportedModel> models, LineSeries series)
    {
        series.Points.AddRange(models.Select(PointOf));
        plot.Series.Add(series);
    }

    /// <summary>Places each point's name in free space. A checkpoint whose name does not fit is labeled with its steps only.</summary>
    private static void Label(PlotModel plot, IReadOnlyList<ReportedModel> models, PlotTheme theme)
    {
        var places = new LabelPlaces([.. models.Select(PointOf)], PlotImages.LetterWidth(plot.DefaultFontSize), plot.DefaultFontSize);
        foreach (var model in models)
        {
            string[] names = model.Step is { } step ? [model.Name, step.ToString("N0", CultureInfo.InvariantCulture)] : [model.Name];
            if (places.Find(PointOf(model), names) is not var (text, horizontal, vertical, offset))
            {
                continue;
            }

            plot.Annotations.Add(new TextAnnotation
            {
                Text = text,
                TextPosition = PointOf(model),
                TextHorizontalAlignment = horizontal,
                TextVerticalAlignment = vertical,
                Offset = new ScreenVector(-offset.X, offset.Y), // OxyPlot mirrors the offset with the axis, whose values decrease to the right
                Stroke = OxyColors.Transparent,
                Padding = new OxyThickness(0),
                TextColor = theme.Text,
            });
        }
    }
}
