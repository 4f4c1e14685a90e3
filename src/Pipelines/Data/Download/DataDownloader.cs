using System.Security.Cryptography;
using IGptMl.Data.Download;

namespace IGptMl;

/// <summary>
/// Fetches published data sets: downloads the archive, going on where an earlier run has ended, compares its checksum, unpacks it beside its place and moves it there, so that a
/// data set is there completely or not at all.
/// </summary>
public sealed class DataDownloader
{
    private readonly DataDownloaderOptions _options;

    /// <summary>Makes a downloader.</summary>
    /// <param name="options">How patient it is; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    public DataDownloader(DataDownloaderOptions? options = null)
    {
        _options = options ?? new DataDownloaderOptions();
        _options.Check();
    }

    /// <summary>Fetches a data set, unless it is there.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="folder">
    /// The folder that gets the data set's own; it is made if it does not exist. If it has the archive already, brought there by hand, that is checked and unpacked, and kept.
    /// </param>
    /// <param name="progress">Receives the progress, on any thread.</param>
    /// <param name="cancellation">Ends the work; what has been downloaded is kept for the next time.</param>
    /// <returns>The folder of the data set's files.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank.</exception>
    /// <exception cref="DownloadException">The address does not answer, or not with the archive; there is no room; another process fetches it; or the data set is there, but not complete.</exception>
    /// <exception cref="InvalidDataException">The checksum is wrong, or the archive holds what it should not.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async Task<string> GetAsync(PublishedData data, string folder, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var target = Path.Combine(folder, data.Folder);
        if (Directory.Exists(target))
        {
            return data.IsCompleteIn(target, out var problem)
                ? target
                : throw new DownloadException($"'{target}' is there, but it is not {data.Title}: {problem}. Remove that folder to fetch it anew.");
        }

        Directory.CreateDirectory(folder);
        var archive = Path.Combine(folder, data.ArchiveName);
        if (File.Exists(archive))
        {
            CheckRoom(data, folder, data.UnpackedBytes);
            await using var byHand = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read);
            var found = await ChecksumAsync(data, byHand, progress, cancellation);
            ArchiveUnpacker.Unpack(Matches(data, found) ? byHand : throw WrongChecksum(data, $"'{archive}'", found), data, folder, progress, cancellation);
            return target;
        }

        using var partial = PartialFile.Open($"{archive}.partial");
        CheckRoom(data, folder, data.UnpackedBytes + data.ArchiveBytes - Math.Min(data.ArchiveBytes, partial.Content.Length));
        await DownloadAsync(data, partial, progress, cancellation);
        ArchiveUnpacker.Unpack(partial.Content, data, folder, progress, cancellation);
        partial.Delete();
        return target;
    }

    /// <summary>Fills the file and compares the checksum. What was put together from several answers and is wrong gets a second chance in one piece.</summary>
    private async Task DownloadAsync(PublishedData data, PartialFile partial, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20) };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // of a whole archive, that is; silence ends it
        client.DefaultRequestHeaders.UserAgent.ParseAdd("IGptMl");
        while (true)
        {
            var mended = await new ResumingDownload(client, _options, progress).RunAsync(data, partial, cancellation);
            var found = await ChecksumAsync(data, partial.Content, progress, cancellation);
            if (Matches(data, found))
            {
                return;
            }

            if (!mended)
            {
                partial.Delete();
                throw WrongChecksum(data, $"What {data.Address} answers", found);
            }

            partial.Clear();
        }
    }

    private static async Task<string> ChecksumAsync(PublishedData data, Stream archive, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new DownloadProgress(DownloadStage.Checking, 0, data.ArchiveBytes));
        archive.Position = 0;
        var hash = await MD5.HashDataAsync(archive, cancellation);
        progress?.Report(new DownloadProgress(DownloadStage.Checking, data.ArchiveBytes, data.ArchiveBytes));
        archive.Position = 0;
        return Convert.ToHexStringLower(hash);
    }

    private static bool Matches(PublishedData data, string found) => found.Equals(data.Md5, StringComparison.OrdinalIgnoreCase);

    private static InvalidDataException WrongChecksum(PublishedData data, string what, string found)
        => new($"{what} is not the archive of {data.Title}: its MD5 checksum is {found}, and should be {data.Md5}. Nothing was unpacked.");

    private void CheckRoom(PublishedData data, string folder, long needed)
    {
        if (_options.FreeBytes(folder) is { } free && free < needed)
        {
            throw new DownloadException($"{data.Title} needs {needed / 1e9:N1} GB in '{folder}', and {free / 1e9:N1} GB are free there. Name another folder.");
        }
    }
}
