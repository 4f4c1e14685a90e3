namespace IGptMl;

/// <summary>The progress of a download.</summary>
public readonly record struct DownloadProgress
{
    /// <summary>The current stage.</summary>
    public required DownloadStage Stage { get; init; }

    /// <summary>The processed bytes, including those of earlier runs.</summary>
    public required long Done { get; init; }

    /// <summary>The total number of bytes.</summary>
    public required long Total { get; init; }
}
