namespace IGptMl.Cli.Results;

/// <summary>The result of igpt pretrain --dry-run.</summary>
/// <param name="Parameters">The number of parameters.</param>
/// <param name="Precision">The precision that is trained in.</param>
/// <param name="Plan">The memory of the run.</param>
internal sealed record MemoryPlanResult(long Parameters, TrainingPrecision Precision, ImageGptMemoryPlan Plan)
{
    private const double Gigabyte = 1e9;

    /// <summary>The result as names and formatted values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("parameters", $"{Parameters:N0}, {Precision}"),
        ("weights", Format(Plan.Weights)),
        ("gradients", Format(Plan.Gradients)),
        ("optimizer", Format(Plan.OptimizerState)),
        ("update", Format(Plan.UpdateTemporary)),
        ("libraries", Format(Plan.Libraries)),
        ("kept per image", Format(Plan.KeptPerImage)),
        ("temporary per image", Format(Plan.TemporaryPerImage)),
        ("while drawing, per image", Format(Plan.KeyValueCachePerImage)),
        ("plan", $"{Plan}"),
        .. Plan.Fits ? new[] { ("options", Options()) } : [],
    ];

    private static string Format(long bytes) => $"{bytes / Gigabyte:N3} GB";

    private string Options()
        => $"--batch-size {Plan.BatchSize} --accumulate {Plan.AccumulationSteps}{(Plan.RecomputeActivations ? " --recompute" : string.Empty)}";
}
