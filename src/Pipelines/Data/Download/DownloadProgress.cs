namespace IGptMl;

/// <summary>The progress of a <see cref="DataDownloader"/>.</summary>
/// <param name="Stage">The current stage.</param>
/// <param name="Done">The processed bytes of the archive, including those of earlier runs.</param>
/// <param name="Total">The size of the archive in bytes.</param>
public readonly record struct DownloadProgress(DownloadStage Stage, long Done, long Total);
