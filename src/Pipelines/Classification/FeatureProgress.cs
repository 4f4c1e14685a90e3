namespace IGptMl;

/// <summary>The progress of computing an experiment's features.</summary>
public readonly record struct FeatureProgress
{
    /// <summary>"training" or "test".</summary>
    public required string Data { get; init; }

    /// <summary>The number of finished images.</summary>
    public required int Done { get; init; }

    /// <summary>The number of all images.</summary>
    public required int Total { get; init; }
}
