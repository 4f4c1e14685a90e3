using System.Globalization;

namespace IGptMl.Reports;

/// <summary>The tables of a report.</summary>
internal static class ReportTables
{
    internal const string None = "–";

    /// <summary>The tables for which the results suffice.</summary>
    internal static IEnumerable<ReportTable> Of(Report results)
    {
        yield return Layers(results.Models[0].Probe) with { Plot = ReportPlots.DepthCurveName };
        yield return Published(results);
        if (results.FineTune is not null)
        {
            yield return FineTune(results);
        }

        if (results.LowData.Count > 0)
        {
            yield return LowData(results.LowData) with { Plot = ReportPlots.LowDataName };
        }

        yield return Models(results.Models) with { Plot = ReportPlots.LossAndAccuracyName };
    }

    /// <summary>A share in percent, with one decimal.</summary>
    internal static string Percent(double? share) => share is { } value ? (100 * value).ToString("F1", CultureInfo.InvariantCulture) : None;

    internal static ReportTable Layers(ReportedProbe probe) => new(
        $"Linear probe of every layer: {Number(probe.TrainingRows)} labeled images, {Number(probe.TestRows)} test images. Accuracy in percent.",
        ["Representation", "test", .. TopFive(probe) ? (string[])["top-5"] : [], "held out", "features", "L2", "seconds"],
        [.. probe.Baselines.Concat(probe.Layers).Select(representation => new ReportTable.Row(
            [
                representation.Name,
                Percent(representation.Accuracy),
                .. TopFive(probe) ? (string[])[Percent(representation.Top5Accuracy)] : [],
                Percent(representation.ValidationAccuracy),
                Number(representation.Features),
                representation.L2Regularization.ToString(CultureInfo.InvariantCulture),
                representation.Seconds.ToString("F1", CultureInfo.InvariantCulture),
            ],
            Stress: representation.Name == probe.Best))]);

    internal static ReportTable Published(Report results)
    {
        var best = results.Models[0].Probe.BestLayer;
        return new ReportTable(
            "Comparison with published linear probes, which transfer from 1.2 million unlabeled images of ImageNet. Accuracy in percent.",
            ["Method", "this data", .. PublishedResults.LinearProbeColumns],
            [
                new ReportTable.Row(
                    [
                        $"{results.Models[0].Name}, {best.Name.ToLowerInvariant()} ({Number(results.Models[0].Parameters)} parameters)",
                        Percent(best.Accuracy),
                        .. PublishedResults.LinearProbeColumns.Select(_ => None),
                    ],
                    Stress: true),
                .. PublishedResults.LinearProbe.Select(row => new ReportTable.Row([row.Method, None, .. row.Values], Published: true)),
            ]);
    }

    internal static ReportTable FineTune(Report results) => new(
        "The whole network fine-tuned on the same labeled images, compared with the linear probe and published results. Accuracy in percent.",
        ["Method", "this data", .. PublishedResults.FineTuneColumns],
        [
            new ReportTable.Row(
                [$"{results.Models[0].Name}, fine-tuned", Percent(results.FineTune!.Accuracy), .. PublishedResults.FineTuneColumns.Select(_ => None)],
                Stress: true),
            new ReportTable.Row(
                [
                    $"{results.Models[0].Name}, linear probe of {results.Models[0].Probe.Best.ToLowerInvariant()}",
                    Percent(results.Models[0].Probe.BestLayer.Accuracy),
                    .. PublishedResults.FineTuneColumns.Select(_ => None),
                ]),
            .. PublishedResults.FineTune.Select(row => new ReportTable.Row([row.Method, None, .. row.Values], Published: true)),
        ]);

    internal static ReportTable LowData(IReadOnlyList<LowDataScore> scores)
    {
        var budgets = scores.Select(score => score.Budget).Union(LowDataExperiment.PaperBudgets).Order().ToArray();
        var own = scores.GroupBy(score => score.Representation).OrderBy(group => group.Key == LowDataExperiment.ModelName ? 0 : 1);
        return new ReportTable(
            "Few labels: accuracy in percent on the whole test set, mean ± sample standard deviation over "
                + $"{scores.Max(score => score.Runs.Count)} draws of the labels. Published rows: CIFAR-10.",
            ["Method", .. budgets.Select(budget => $"{Number(budget)} labels")],
            [
                .. own.Select(group => new ReportTable.Row(
                    [group.Key, .. budgets.Select(budget => group.FirstOrDefault(score => score.Budget == budget)?.ToString() ?? None)],
                    Stress: group.Key == LowDataExperiment.ModelName)),
                .. PublishedResults.LowData.Select(row => new ReportTable.Row(
                    [row.Method, .. budgets.Select(budget => PublishedValue(row, budget))],
                    Published: true)),
            ]);
    }

    internal static ReportTable Models(IReadOnlyList<ReportedModel> models) => new(
        $"Generative loss on {Number(models[0].LikelihoodImages)} test images (on masked tokens for a masked model), and the best layer. "
            + "Published rows: ImageNet, another palette.",
        ["Model", "nats per token", "accuracy", "best layer", "parameters"],
        [
            .. models.Select((model, i) => new ReportTable.Row(
                [
                    $"{model.Name}{(model.Config.Objective == PretrainingObjective.Masked ? " (masked)" : string.Empty)}",
                    model.NatsPerToken.ToString("F3", CultureInfo.InvariantCulture),
                    Percent(model.Probe.BestLayer.Accuracy),
                    string.Join('+', model.Probe.BestLayer.Layers),
                    Number(model.Parameters),
                ],
                Stress: i == 0)),
            .. PublishedResults.GenerativeLoss.Select(row => new ReportTable.Row([row.Method, row.Values[0], None, None, None], Published: true)),
        ]);

    internal static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string PublishedValue(PublishedRow row, int budget) =>
        LowDataExperiment.PaperBudgets.Index().Where(each => each.Item == budget).Select(each => row.Values[each.Index]).FirstOrDefault(None);

    private static bool TopFive(ReportedProbe probe) => probe.Layers.Any(layer => layer.Top5Accuracy is not null);
}
