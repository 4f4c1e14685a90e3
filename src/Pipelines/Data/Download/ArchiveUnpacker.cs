using System.Formats.Tar;
using System.IO.Compression;

namespace IGptMl.Data.Download;

/// <summary>
/// Unpacks a tar.gz into a temporary folder, and moves it into place when it is complete. The archive is not trusted: only plain files and folders are
/// written, only below the target, and no more bytes than the data set has.
/// </summary>
internal static class ArchiveUnpacker
{
    // Allowed in addition to the known files, for read-me files and the like.
    private const long ExtraBytes = 64 << 20;

    /// <summary>Unpacks the archive, and moves its folder into <paramref name="folder"/> in one step.</summary>
    /// <param name="archive">The archive, from its start.</param>
    /// <param name="data">The expected content.</param>
    /// <param name="folder">The folder that will contain the data set's folder.</param>
    /// <param name="progress">Receives the number of bytes of the archive that have been unpacked.</param>
    /// <param name="cancellationToken">Cancels the unpacking; nothing remains on disk.</param>
    /// <exception cref="InvalidDataException">The archive is damaged or incomplete, or has an entry that is refused.</exception>
    public static void Unpack(Stream archive, PublishedData data, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(folder, $"{data.Folder}.{Path.GetRandomFileName()}.unpacking");
        Directory.CreateDirectory(temporary);
        try
        {
            WriteEntries(archive, data, temporary, progress, cancellationToken);
            var root = Path.Combine(temporary, data.Folder);
            if (!data.IsCompleteIn(root, out var problem))
            {
                throw new InvalidDataException($"The archive '{data.ArchiveName}' is not that of {data.Title}: {problem}.");
            }

            Directory.Move(root, Path.Combine(folder, data.Folder));
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"The archive '{data.ArchiveName}' is damaged: {e.Message}", e);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static void WriteEntries(
        Stream archive,
        PublishedData data,
        string temporary,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var plain = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
        using var reader = new TarReader(plain);
        var left = data.UnpackedBytes + ExtraBytes;
        var buffer = new byte[1 << 17];
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            {
                continue; // metadata of other entries
            }

            var path = Locate(entry, temporary, data);
            if (entry.EntryType is TarEntryType.Directory)
            {
                Directory.CreateDirectory(path);
                continue;
            }

            left -= entry.Length;
            if (left < 0)
            {
                throw new InvalidDataException(
                    $"The archive '{data.ArchiveName}' has more than {data.UnpackedBytes + ExtraBytes:N0} bytes, which is more than {data.Title} has.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            while (entry.DataStream?.Read(buffer) is > 0 and var read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Write(buffer, 0, read);
                progress?.Report(new DownloadProgress { Stage = DownloadStage.Unpacking, Done = archive.Position, Total = data.ArchiveBytes });
            }
        }
    }

    /// <summary>The path to which an entry is written.</summary>
    private static string Locate(TarEntry entry, string temporary, PublishedData data)
    {
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.Directory))
        {
            throw Refused(data, entry, $"it is neither a file nor a folder ({entry.EntryType})");
        }

        // On Windows, a backslash or a colon separates folders or drives; elsewhere no legitimate name has them.
        var parts = entry.Name.Split('/');
        if (entry.Name.StartsWith('/') || entry.Name.AsSpan().IndexOfAny('\\', ':', '\0') >= 0 || parts.Contains(".."))
        {
            throw Refused(data, entry, "its path leaves the target folder");
        }

        var path = Path.GetFullPath(Path.Combine([temporary, .. parts]));
        return path.StartsWith(temporary + Path.DirectorySeparatorChar, StringComparison.Ordinal) || path == temporary
            ? path
            : throw Refused(data, entry, "its path leaves the target folder");
    }

    private static InvalidDataException Refused(PublishedData data, TarEntry entry, string why) =>
        new($"The archive '{data.ArchiveName}' is refused at its entry '{entry.Name}': {why}.");
}
