using System.Formats.Tar;
using System.IO.Compression;

namespace IGptMl.Data.Download;

/// <summary>
/// Unpacks a tar.gz into a folder that is beside its place until it is complete. What an archive says is not trusted: only plain files and folders below the folder are written,
/// and no more bytes than the data set has.
/// </summary>
internal static class ArchiveUnpacker
{
    // Read-me files and the like, beside the files that are known.
    private const long BytesBeside = 64 << 20;

    /// <summary>Unpacks the archive, and puts its folder to <paramref name="folder"/> in one move.</summary>
    /// <param name="archive">The archive, from its beginning.</param>
    /// <param name="data">What it must hold.</param>
    /// <param name="folder">The folder that gets the data set's own.</param>
    /// <param name="progress">Receives the bytes of the archive that are done.</param>
    /// <param name="cancellation">Ends the unpacking; nothing is left.</param>
    /// <exception cref="InvalidDataException">The archive is damaged, holds something that is not to be written, or not all files.</exception>
    public static void Unpack(Stream archive, PublishedData data, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var workshop = Path.Combine(folder, $"{data.Folder}.{Path.GetRandomFileName()}.unpacking");
        Directory.CreateDirectory(workshop);
        try
        {
            WriteEntries(archive, data, workshop, progress, cancellation);
            var home = Path.Combine(workshop, data.Folder);
            if (!data.IsCompleteIn(home, out var problem))
            {
                throw new InvalidDataException($"The archive '{data.ArchiveName}' is not that of {data.Title}: {problem}.");
            }

            Directory.Move(home, Path.Combine(folder, data.Folder));
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"The archive '{data.ArchiveName}' is damaged: {e.Message}", e);
        }
        finally
        {
            Directory.Delete(workshop, recursive: true);
        }
    }

    private static void WriteEntries(Stream archive, PublishedData data, string workshop, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var plain = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
        using var reader = new TarReader(plain);
        var left = data.UnpackedBytes + BytesBeside;
        var buffer = new byte[1 << 17];
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            {
                continue; // says something of the entries, and is none
            }

            var path = Locate(entry, workshop, data);
            if (entry.EntryType is TarEntryType.Directory)
            {
                Directory.CreateDirectory(path);
                continue;
            }

            left -= entry.Length;
            if (left < 0)
            {
                throw new InvalidDataException($"The archive '{data.ArchiveName}' holds more than {data.UnpackedBytes + BytesBeside:N0} bytes, which is more than {data.Title} has.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            while (entry.DataStream?.Read(buffer) is > 0 and var read)
            {
                cancellation.ThrowIfCancellationRequested();
                file.Write(buffer, 0, read);
                progress?.Report(new DownloadProgress(DownloadStage.Unpacking, archive.Position, data.ArchiveBytes));
            }
        }
    }

    /// <summary>Where an entry is to be written, if it is.</summary>
    private static string Locate(TarEntry entry, string workshop, PublishedData data)
    {
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.Directory))
        {
            throw Refused(data, entry, $"it is neither a file nor a folder ({entry.EntryType})");
        }

        // A backslash or a colon in a name means a folder or a drive on Windows, and nothing good elsewhere.
        var parts = entry.Name.Split('/');
        if (entry.Name.StartsWith('/') || entry.Name.AsSpan().IndexOfAny('\\', ':', '\0') >= 0 || parts.Contains(".."))
        {
            throw Refused(data, entry, "its name leads out of the folder");
        }

        var path = Path.GetFullPath(Path.Combine([workshop, .. parts]));
        return path.StartsWith(workshop + Path.DirectorySeparatorChar, StringComparison.Ordinal) || path == workshop
            ? path
            : throw Refused(data, entry, "its name leads out of the folder");
    }

    private static InvalidDataException Refused(PublishedData data, TarEntry entry, string why) => new($"The archive '{data.ArchiveName}' is refused at its entry '{entry.Name}': {why}.");
}
