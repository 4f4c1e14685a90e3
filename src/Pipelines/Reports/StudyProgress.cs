namespace IGptMl;

/// <summary>The progress of a study.</summary>
public readonly record struct StudyProgress
{
    /// <summary>The current activity: "Features of the training images", "Linear probe", "Few labels".</summary>
    public required string Activity { get; init; }

    /// <summary>The unit of the counts: "image" or "classifier".</summary>
    public required string Unit { get; init; }

    /// <summary>The number of finished units.</summary>
    public required int Done { get; init; }

    /// <summary>The number of all units.</summary>
    public required int Total { get; init; }

    /// <summary>The latest result, or an empty text.</summary>
    public required string Detail { get; init; }
}
