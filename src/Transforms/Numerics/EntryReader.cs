namespace IGptMl.Numerics;

/// <summary>Reads the entries of a folder of a zip. Every failure names the entry.</summary>
/// <param name="folder">The folder, for errors.</param>
/// <param name="open">Opens the entry of a name; null for an entry that is not there.</param>
internal sealed class EntryReader(string folder, Func<string, OpenedEntry?> open)
{
    /// <summary>Reads an entry.</summary>
    /// <exception cref="InvalidDataException">It is missing, or damaged.</exception>
    internal T Read<T>(string name, Func<Stream, T> read) => Read(name, (stream, _) => read(stream));

    /// <summary>Reads an entry, whose length is the second argument.</summary>
    /// <exception cref="InvalidDataException">It is missing, or damaged.</exception>
    internal T Read<T>(string name, Func<Stream, long, T> read)
    {
        var path = $"{folder}/{name}";
        using var entry = EntryErrors.Guard(path, () => open(name)) ?? throw EntryErrors.Missing(path);
        return EntryErrors.Guard(path, () => read(entry.Stream, entry.Length));
    }
}
