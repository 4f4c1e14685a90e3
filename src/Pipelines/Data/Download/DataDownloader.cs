using IGptMl.Data.Download;
using IGptMl.Download;

namespace IGptMl;

/// <summary>
/// Fetches published data sets. The archive is downloaded (an interrupted download is resumed), its checksum is compared, and it is unpacked to a temporary
/// folder that is then renamed, so a data set is either complete or absent.
/// </summary>
public sealed class DataDownloader
{
    private readonly DownloadOptions _options;

    /// <summary>Creates a downloader.</summary>
    /// <param name="options">Retries and timeouts; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    public DataDownloader(DownloadOptions? options = null)
    {
        _options = options ?? new DownloadOptions();
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
            DiskSpace.Require(_options, folder, data.UnpackedBytes, data.Title);
            await using var byHand = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (await VerifiedDownload.FindDifferenceAsync(data.Archive, byHand, progress, cancellationToken) is { } found)
            {
                throw VerifiedDownload.WrongChecksum(data.Archive, $"'{archive}'", found);
            }

            ArchiveUnpacker.Unpack(byHand, data, folder, progress, cancellationToken);
            return target;
        }

        using var partial = PartialFile.Open($"{archive}.partial");
        var missing = data.ArchiveBytes - Math.Min(data.ArchiveBytes, partial.Content.Length);
        DiskSpace.Require(_options, folder, data.UnpackedBytes + missing, data.Title);
        using var client = new DownloadClient(_options);
        await new VerifiedDownload(client, _options, progress).RunAsync(data.Archive, partial, cancellationToken);
        ArchiveUnpacker.Unpack(partial.Content, data, folder, progress, cancellationToken);
        partial.Delete();
        return target;
    }
}
