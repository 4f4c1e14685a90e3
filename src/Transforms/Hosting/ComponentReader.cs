using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>Reads what <see cref="ComponentWriter"/> wrote. Every failure names the entry.</summary>
internal sealed class ComponentReader
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly ConditionalWeakTable<RepositoryReader, Dictionary<string, WeakReference<object>>> Shared = [];

    private readonly ModelLoadContext _context;

    internal ComponentReader(ModelLoadContext context)
    {
        _context = context;
        Header = ReadJson<ComponentHeader>(ComponentHeader.EntryName);
    }

    internal ComponentHeader Header { get; }

    /// <summary>Reads an entry of the component's own.</summary>
    internal T Read<T>(string name, Func<Stream, T> read)
    {
        T result = default!;
        if (!_context.TryLoadBinaryStream(name, reader => result = Guard(name, reader.BaseStream, read)))
        {
            throw Missing(name);
        }

        return result;
    }

    /// <summary>Reads a json entry of the component's own.</summary>
    internal T ReadJson<T>(string name)
        where T : class
        => Read(name, DeserializeJson<T>);

    /// <summary>Reads json that must hold a value.</summary>
    internal static T DeserializeJson<T>(Stream stream)
        where T : class
        => JsonSerializer.Deserialize<T>(stream, Json) ?? throw new InvalidDataException("It holds null.");

    /// <summary>
    /// Returns the value stored in <paramref name="folder"/>: the one that an earlier component of the same zip has read, if <paramref name="reuse"/> can
    /// still take it, or a new one. <paramref name="read"/> gets a function that reads an entry of that folder.
    /// </summary>
    internal T ReadShared<T>(string folder, Func<T, T?> reuse, Func<EntryReader, T> read)
        where T : class
    {
        var known = Shared.GetOrCreateValue(_context.Repository);
        if (known.TryGetValue(folder, out var reference) && reference.TryGetTarget(out var found) && found is T value && reuse(value) is { } reused)
        {
            return reused;
        }

        var result = read(new EntryReader(_context.Repository, folder));
        known[folder] = new WeakReference<object>(result);
        return result;
    }

    private static T Guard<T>(string name, Stream stream, Func<Stream, T> read)
    {
        try
        {
            return read(stream);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or FormatException)
        {
            throw new InvalidDataException($"The model file is damaged: entry '{name}' cannot be read. {e.Message}", e);
        }
    }

    private static InvalidDataException Missing(string name) => new($"The model file is damaged: entry '{name}' is missing.");

    /// <summary>Reads the entries of a shared folder.</summary>
    internal sealed class EntryReader(RepositoryReader repository, string folder)
    {
        /// <summary>Reads an entry of the folder.</summary>
        internal T Read<T>(string name, Func<Stream, T> read) => TryRead(name, read, out var result) ? result : throw Missing($"{folder}/{name}");

        /// <summary>Reads an entry of the folder, if there is one.</summary>
        internal bool TryRead<T>(string name, Func<Stream, T> read, out T result)
        {
            using var entry = repository.OpenEntryOrNull(folder, name);
            result = entry is null ? default! : Guard($"{folder}/{name}", entry.Stream, read);
            return entry is not null;
        }
    }
}
