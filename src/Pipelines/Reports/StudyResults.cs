namespace IGptMl;

/// <summary>All that a report shows, as it stands in <c>results.json</c>.</summary>
/// <param name="Title">The report's title.</param>
/// <param name="Provenance">Versions and hardware.</param>
/// <param name="Configuration">The settings of the experiments, by name.</param>
/// <param name="Models">The models, the one that the report is about first.</param>
public sealed record StudyResults(string Title, Provenance Provenance, IReadOnlyDictionary<string, string> Configuration, IReadOnlyList<ReportedModel> Models)
{
    /// <summary>What the first model was pretrained on; null where that is not known.</summary>
    public string? PretrainedOn { get; init; }

    /// <summary>The accuracy with few labels; none where it was not evaluated.</summary>
    public IReadOnlyList<LowDataScore> LowData { get; init; } = [];

    /// <summary>The whole network fine-tuned; null where it was not.</summary>
    public ReportedFineTune? FineTune { get; init; }

    /// <summary>Test images that are mistaken for another class by the best layer's classifier.</summary>
    public IReadOnlyList<ReportedPicture> Misclassified { get; init; } = [];

    /// <summary>Test images whose lower half the model has drawn: the image, what the model saw, and what it made of that.</summary>
    public IReadOnlyList<ReportedPicture> Completions { get; init; } = [];

    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The time of everything.</summary>
    public double TotalSeconds { get; init; }
}
