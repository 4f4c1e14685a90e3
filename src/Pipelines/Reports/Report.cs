namespace IGptMl.Reports;

/// <summary>The content of a report, in the form stored in <c>results.json</c>.</summary>
/// <param name="Title">The report's title.</param>
/// <param name="Provenance">Versions and hardware.</param>
/// <param name="Configuration">The settings of the experiments, by name.</param>
/// <param name="Models">The models; the one that the report is about is the first.</param>
internal sealed record Report(string Title, Provenance Provenance, IReadOnlyDictionary<string, string> Configuration, IReadOnlyList<ReportedModel> Models)
{
    /// <summary>The data that the first model was pretrained on; null if unknown.</summary>
    public string? PretrainedOn { get; init; }

    /// <summary>The accuracy with few labels; empty if it was not evaluated.</summary>
    public IReadOnlyList<LowDataScore> LowData { get; init; } = [];

    /// <summary>The result of fine-tuning the whole network; null if it was not fine-tuned.</summary>
    public ReportedFineTune? FineTune { get; init; }

    /// <summary>Test images that the best layer's classifier misclassifies.</summary>
    public IReadOnlyList<ReportedPicture> Misclassified { get; init; } = [];

    /// <summary>Test images whose lower half the model has completed: the kept half, the completions, and the image.</summary>
    public IReadOnlyList<ReportedPicture> Completions { get; init; } = [];

    /// <summary>Notes for the reader.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The duration of the whole study.</summary>
    public double TotalSeconds { get; init; }
}
