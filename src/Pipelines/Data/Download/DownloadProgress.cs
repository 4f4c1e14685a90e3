namespace IGptMl;

/// <summary>The progress of a <see cref="DataDownloader"/>.</summary>
public readonly record struct DownloadProgress
{
    /// <summary>The current stage.</summary>
    public required DownloadStage Stage { get; init; }

    /// <summary>The processed bytes of the archive, including those of earlier runs.</summary>
    public required long Done { get; init; }

    /// <summary>The size of the archive in bytes.</summary>
    public required long Total { get; init; }
}
