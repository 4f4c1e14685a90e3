namespace IGptMl;

/// <summary>How far a <see cref="DataDownloader"/> is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">The bytes of the archive that are done, those of earlier runs included.</param>
/// <param name="Total">All bytes of the archive.</param>
public readonly record struct DownloadProgress(DownloadStage Stage, long Done, long Total);
