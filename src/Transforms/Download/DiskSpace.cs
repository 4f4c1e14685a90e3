namespace IGptMl.Download;

/// <summary>Checks the free space before a download.</summary>
internal static class DiskSpace
{
    /// <summary>Checks that a folder's drive has room.</summary>
    /// <exception cref="DownloadException">It has not.</exception>
    internal static void Require(DownloadOptions options, string folder, long needed, string title)
    {
        if (options.FreeBytes(folder) is { } free && free < needed)
        {
            throw new DownloadException($"{title} needs {needed / 1e9:N1} GB in '{folder}', but only {free / 1e9:N1} GB are free. Choose another folder.");
        }
    }
}
