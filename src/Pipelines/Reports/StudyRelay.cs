using IGptMl.Classification;

namespace IGptMl.Reports;

/// <summary>Converts the progress of the parts to that of the study.</summary>
internal sealed class StudyRelay(IProgress<StudyProgress>? progress) : IProgress<FeatureProgress>, IProgress<FineTuningProgress>
{
    /// <summary>The name of the current model, if it is not the report's own.</summary>
    internal string? Other { get; set; }

    private string Suffix => Other is null ? string.Empty : $", {Other}";

    /// <inheritdoc/>
    public void Report(FineTuningProgress value)
        => Report("Fine-tuning", "step", (int)value.Step, (int)value.Steps);

    /// <inheritdoc/>
    public void Report(FeatureProgress value) => Report($"Features of the {value.Data} images{Suffix}", "image", value.Done, value.Total);

    internal IProgress<ProbedRepresentation> Probing(LinearProbeOptions options, ImageGptModel model)
    {
        var all = options.LayersOf(model.Config).Count + options.Concatenations.Count + Representation.BaselinesOf(options).Count;
        var done = 0;
        return new Counter<ProbedRepresentation>(probed =>
            Report($"Linear probe{Suffix}", "classifier", ++done, all, $"{probed.Name}: {probed.Accuracy:P1}"));
    }

    internal IProgress<LowDataRun> FewLabels(EvaluationStudy.Options options, IReadOnlyList<int> budgets)
    {
        var runs = budgets.Count * options.LowData!.Seeds.Distinct().Count();
        var all = (1 + Representation.BaselinesOf(options.Probe).Count) * runs;
        var done = 0;
        return new Counter<LowDataRun>(run =>
            Report("Few labels", "classifier", ++done, all, $"{run.Representation}, {run.Budget:N0} labels: {run.Accuracy:P1}"));
    }

    private void Report(string activity, string unit, int done, int total, string detail = "")
        => progress?.Report(new StudyProgress { Activity = activity, Unit = unit, Done = done, Total = total, Detail = detail });

    private sealed class Counter<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
