namespace IGptMl.Download;

/// <summary>Reports the progress of several files as that of one.</summary>
internal sealed class SummedProgress(IProgress<DownloadProgress>? progress, long total) : IProgress<DownloadProgress>
{
    private long _done;

    /// <summary>Counts a file as done.</summary>
    internal void Add(long bytes) => _done += bytes;

    /// <inheritdoc/>
    public void Report(DownloadProgress value) => progress?.Report(value with { Done = _done + value.Done, Total = total });
}
