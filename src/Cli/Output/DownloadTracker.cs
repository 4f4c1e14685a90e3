namespace IGptMl.Cli.Output;

/// <summary>Shows the progress of a download in megabytes.</summary>
internal static class DownloadTracker
{
    private const long Megabyte = 1_000_000;

    private static readonly Dictionary<DownloadStage, Activity> Activities = new()
    {
        [DownloadStage.Downloading] = new("Downloading", "MB"),
        [DownloadStage.Checking] = new("Checking", "MB"),
        [DownloadStage.Unpacking] = new("Unpacking", "MB"),
        [DownloadStage.Waiting] = new("Waiting for another process that downloads the same", "MB"),
    };

    /// <summary>Downloads, and shows the progress.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="download">Starts the download.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>The path of what was downloaded.</returns>
    internal static string Run(Terminal terminal, Func<IProgress<DownloadProgress>, CancellationToken, Task<string>> download, CancellationToken cancellation)
        => terminal.Track(progress =>
        {
            try
            {
                return download(InMegabytes(progress), cancellation).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException("Canceled. The partial download is kept; the same command resumes it.", e, cancellation);
            }
        });

    private static Relay<DownloadProgress> InMegabytes(IProgress<Advance> progress)
    {
        var megabytes = (Stage: DownloadStage.Downloading, Done: -1L);
        return new Relay<DownloadProgress>(value =>
        {
            var now = (value.Stage, value.Done / Megabyte);
            if (now != megabytes || (value.Done == value.Total && value.Stage != DownloadStage.Waiting))
            {
                megabytes = now;
                progress.Report(new Advance(Activities[value.Stage], value.Done / Megabyte, value.Total / Megabyte, string.Empty));
            }
        });
    }
}
