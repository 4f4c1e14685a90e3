using System.IO.Compression;
using IGptMl.Formats;
using IGptMl.Numerics;

namespace IGptMl.Models;

/// <summary>
/// A model as a zip. A saved zip contains only the model's own entries. Loading also accepts a zip of ML.NET, whose other entries are ignored; of several
/// models, the first one is loaded.
/// </summary>
internal static class ModelFile
{
    // Weights hardly compress. Small entries may compress to any degree.
    private const int MostGrowth = 200, SmallEntry = 1 << 20;

    /// <summary>Writes the model to a new zip.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static void Save(ImageGptModel model, string path) => AtomicFile.Write(path, stream =>
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        ModelEntries.Write(Add, model);

        void Add(string name, Action<Stream> body)
        {
            using var entry = zip.CreateEntry($"{ModelEntries.Folder}1/{name}", CompressionLevel.Fastest).Open(); // weights hardly compress
            body(entry);
        }
    });

    /// <summary>Loads the first model of the zip.</summary>
    /// <exception cref="InvalidDataException">The file is not a zip, is damaged, or does not contain a model.</exception>
    internal static ImageGptModel Load(string path)
    {
        using var file = File.OpenRead(path);
        FileKind.Require(file, path, $"a model: {AnyModelFile.Forms}", FileForm.Zip);
        using var zip = Open(path, file);
        var entries = ListEntries(path, zip);
        var folder = entries.Keys
            .Where(name => name.StartsWith(ModelEntries.Folder, StringComparison.Ordinal) && name.Contains('/'))
            .Select(name => name[..name.IndexOf('/')])
            .Order(StringComparer.Ordinal)
            .FirstOrDefault()
            ?? throw new InvalidDataException($"'{path}' is a zip without an Image GPT: it has no folder '{ModelEntries.Folder}1'.");
        try
        {
            return ModelEntries.Read(new EntryReader(folder, name => entries.TryGetValue($"{folder}/{name}", out var entry) ? Open(entry) : null));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}': {e.Message}", e);
        }
    }

    private static ZipArchive Open(string path, Stream file)
    {
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new InvalidDataException($"'{path}' is not a model file: it is not a zip, or is truncated.", e);
        }
    }

    /// <summary>The entries by name. On Windows, ML.NET writes names with backslashes.</summary>
    private static Dictionary<string, ZipArchiveEntry> ListEntries(string path, ZipArchive zip)
    {
        try
        {
            var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
            foreach (var entry in zip.Entries)
            {
                entries.TryAdd(entry.FullName.Replace('\\', '/'), entry);
            }

            return entries;
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new InvalidDataException($"'{path}' is a damaged zip: its list of entries cannot be read.", e);
        }
    }

    /// <summary>Opens an entry, unless its compression ratio is so high that it could only serve to fill the memory.</summary>
    private static OpenedEntry Open(ZipArchiveEntry entry)
    {
        if (entry.Length > SmallEntry && entry.Length / MostGrowth > entry.CompressedLength)
        {
            throw new InvalidDataException($"Its {entry.CompressedLength} bytes unpack to {entry.Length}, more than {MostGrowth} times as many.");
        }

        var stream = entry.Open();
        return new OpenedEntry(stream, stream, entry.Length);
    }

    private static bool IsDamage(Exception e) => e is InvalidDataException or IOException or ArgumentException or NotSupportedException;
}
