using System.Security.Cryptography;
using IGptMl.Data.Download;

namespace IGptMl;

/// <summary>
/// Fetches published data sets. The archive is downloaded (an interrupted download is resumed), its checksum is compared, and it is unpacked to a temporary
/// folder that is then renamed, so a data set is either complete or absent.
/// </summary>
public sealed class DataDownloader
{
    private readonly DataDownloaderOptions _options;

    /// <summary>Creates a downloader.</summary>
    /// <param name="options">Retries and timeouts; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    public DataDownloader(DataDownloaderOptions? options = null)
    {
        _options = options ?? new DataDownloaderOptions();
        _options.Check();
    }

    /// <summary>Fetches a data set, unless it is already complete.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="folder">
    /// The folder that will contain the data set's folder; it is created if it does not exist. If it already contains the archive, for example copied by
    /// hand, that archive is checked, unpacked and kept.
    /// </param>
    /// <param name="progress">Receives the progress, on any thread.</param>
    /// <param name="cancellationToken">Cancels the work; the downloaded part is kept, and the next call resumes from it.</param>
    /// <returns>The folder of the data set's files.</returns>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or blank.</exception>
    /// <exception cref="DownloadException">
    /// The server does not answer, or does not send the archive; disk space is insufficient; another process is fetching the data set; or the data set
    /// exists but is incomplete.
    /// </exception>
    /// <exception cref="InvalidDataException">The checksum is wrong, or the archive has unexpected content.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async Task<string> GetAsync(
        PublishedData data,
        string folder,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var target = Path.Combine(folder, data.Folder);
        if (Directory.Exists(target))
        {
            return data.IsCompleteIn(target, out var problem)
                ? target
                : throw new DownloadException($"'{target}' exists, but it is not a complete {data.Title}: {problem}. Remove that folder to fetch it again.");
        }

        Directory.CreateDirectory(folder);
        var archive = Path.Combine(folder, data.ArchiveName);
        if (File.Exists(archive))
        {
            CheckRoom(data, folder, data.UnpackedBytes);
            await using var byHand = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read);
            var found = await ChecksumAsync(data, byHand, progress, cancellationToken);
            ArchiveUnpacker.Unpack(Matches(data, found) ? byHand : throw WrongChecksum(data, $"'{archive}'", found), data, folder, progress, cancellationToken);
            return target;
        }

        using var partial = PartialFile.Open($"{archive}.partial");
        CheckRoom(data, folder, data.UnpackedBytes + data.ArchiveBytes - Math.Min(data.ArchiveBytes, partial.Content.Length));
        await DownloadAsync(data, partial, progress, cancellationToken);
        ArchiveUnpacker.Unpack(partial.Content, data, folder, progress, cancellationToken);
        partial.Delete();
        return target;
    }

    /// <summary>Completes the file and compares its checksum. If a resumed download has a wrong checksum, it is downloaded once more.</summary>
    private async Task DownloadAsync(PublishedData data, PartialFile partial, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20) };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // no limit for the whole archive; SilenceTimeout applies instead
        client.DefaultRequestHeaders.UserAgent.ParseAdd("IGptMl");
        while (true)
        {
            var mended = await new ResumingDownload(client, _options, progress).RunAsync(data, partial, cancellationToken);
            var found = await ChecksumAsync(data, partial.Content, progress, cancellationToken);
            if (Matches(data, found))
            {
                return;
            }

            if (!mended)
            {
                partial.Delete();
                throw WrongChecksum(data, $"The response of {data.Address}", found);
            }

            partial.Clear();
        }
    }

    private static async Task<string> ChecksumAsync(PublishedData data, Stream archive, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        progress?.Report(new DownloadProgress { Stage = DownloadStage.Checking, Done = 0, Total = data.ArchiveBytes });
        archive.Position = 0;
        var hash = await MD5.HashDataAsync(archive, cancellationToken);
        progress?.Report(new DownloadProgress { Stage = DownloadStage.Checking, Done = data.ArchiveBytes, Total = data.ArchiveBytes });
        archive.Position = 0;
        return Convert.ToHexStringLower(hash);
    }

    private static bool Matches(PublishedData data, string found) => found.Equals(data.Md5, StringComparison.OrdinalIgnoreCase);

    private static InvalidDataException WrongChecksum(PublishedData data, string what, string found)
        => new($"{what} is not the archive of {data.Title}: its MD5 checksum is {found}; expected {data.Md5}. Nothing was unpacked.");

    private void CheckRoom(PublishedData data, string folder, long needed)
    {
        if (_options.FreeBytes(folder) is { } free && free < needed)
        {
            throw new DownloadException($"{data.Title} needs {needed / 1e9:N1} GB in '{folder}', but only {free / 1e9:N1} GB are free. Choose another folder.");
        }
    }
}
