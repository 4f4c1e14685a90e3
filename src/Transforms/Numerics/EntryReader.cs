namespace IGptMl.Numerics;

/// <summary>Reads the entries of a folder of a zip. Every error names the entry.</summary>
/// <param name="folder">The folder, for error messages.</param>
/// <param name="open">Opens the entry with a name; returns null if it does not exist.</param>
internal sealed class EntryReader(string folder, Func<string, OpenedEntry?> open)
{
    /// <summary>Reads an entry.</summary>
    /// <exception cref="InvalidDataException">The entry is missing or damaged.</exception>
    internal T Read<T>(string name, Func<Stream, T> read) => Read(name, (stream, _) => read(stream));

    /// <summary>Reads an entry. The second argument of <paramref name="read"/> is the entry's length.</summary>
    /// <exception cref="InvalidDataException">The entry is missing or damaged.</exception>
    internal T Read<T>(string name, Func<Stream, long, T> read)
    {
        var path = $"{folder}/{name}";
        using var entry = EntryErrors.Guard(path, () => open(name)) ?? throw EntryErrors.Missing(path);
        return EntryErrors.Guard(path, () => read(entry.Stream, entry.Length));
    }
}
