using System.Security.Cryptography;
using IGptMl.Numerics;

namespace IGptMl.Formats;

/// <summary>The SHA-256 of each file of a model, in the format of the tool sha256sum.</summary>
internal sealed class Checksums
{
    internal const string EntryName = "SHA256SUMS";

    private const string Separator = "  ";

    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>Whether the file is listed.</summary>
    internal bool Contains(string name) => _digests.ContainsKey(name);

    /// <summary>Calls <paramref name="write"/>, and lists the checksum of what it wrote under <paramref name="name"/>.</summary>
    internal void Write(string name, Stream stream, Action<Stream> write)
    {
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            write(hashing);
        }

        _digests.Add(name, Convert.ToHexStringLower(hash.Hash!));
    }

    /// <summary>Reads the content of <paramref name="name"/>, and compares its checksum with the listed one.</summary>
    /// <exception cref="InvalidDataException">The checksum differs, or <paramref name="name"/> is not listed.</exception>
    internal T Read<T>(string name, Stream stream, Func<Stream, T> read)
    {
        using var hash = SHA256.Create();
        using var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Read, leaveOpen: true);
        var result = read(hashing);
        hashing.CopyTo(Stream.Null); // the hash covers the whole stream
        var digest = Convert.ToHexStringLower(hash.Hash!);
        var expected = _digests.GetValueOrDefault(name);
        if (digest == expected)
        {
            return result;
        }

        (result as IDisposable)?.Dispose();
        throw new InvalidDataException(expected is null ? $"'{EntryName}' does not list it." : $"Its SHA-256 is {digest}; expected {expected}.");
    }

    /// <summary>Writes the list, sorted by name.</summary>
    internal void WriteList(Stream stream)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (var (name, digest) in _digests)
        {
            writer.WriteLine(digest + Separator + name);
        }
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="InvalidDataException">A line is not a checksum followed by a name, or a name is repeated.</exception>
    internal static Checksums ReadList(Stream stream)
    {
        var result = new Checksums();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        foreach (var line in TextFile.LinesOf(TextFile.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), EntryName)))
        {
            if (line.Split(Separator, 2) is not [{ Length: 2 * SHA256.HashSizeInBytes } digest, { Length: > 0 } name] || !result._digests.TryAdd(name, digest))
            {
                throw new InvalidDataException("Expected a list of SHA-256 checksums and names, one of each per line.");
            }
        }

        return result;
    }
}
