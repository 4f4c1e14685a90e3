using System.IO.Compression;

namespace IGptMl.Tests.Contracts;

/// <summary>The entries of a zip, by name.</summary>
public static class ZipContent
{
    public static SortedDictionary<string, byte[]> Of(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Read(stream.ToArray());
    }

    public static SortedDictionary<string, byte[]> Read(byte[] zip)
    {
        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        foreach (var entry in archive.Entries)
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            entries.Add(entry.FullName.Replace('\\', '/'), bytes.ToArray());
        }

        return entries;
    }

    /// <summary>Creates a zip of these entries.</summary>
    public static byte[] Write(IEnumerable<KeyValuePair<string, byte[]>> entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in entries)
            {
                using var content = archive.CreateEntry(name).Open();
                content.Write(bytes);
            }
        }

        return stream.ToArray();
    }
}
