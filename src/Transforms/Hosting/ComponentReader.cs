using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Reads what <see cref="ComponentWriter"/> wrote. Every failure names the entry.</summary>
internal sealed class ComponentReader
{
    /// <summary>Strict, because a default in the place of a name that was damaged would be another model.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

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
        var path = $"{_context.Directory}/{name}".Replace('\\', '/');
        T result = default!;
        return Guard(path, () => _context.TryLoadBinaryStream(name, reader => result = read(reader.BaseStream))) ? result : throw Missing(path); // decompression fails in the loading
    }

    /// <summary>Reads a json entry of the component's own.</summary>
    internal T ReadJson<T>(string name)
        where T : class
        => Read(name, DeserializeJson<T>);

    /// <summary>Reads a transformer that <see cref="ComponentWriter.WriteTransformer"/> wrote.</summary>
    internal ITransformer ReadTransformer(IHostEnvironment environment, string name)
    {
        var path = $"{_context.Directory}/{name}".Replace('\\', '/');
        return Guard(path, () =>
        {
            _context.LoadModel<ITransformer, SignatureLoadModel>(environment, out var transformer, name);
            return transformer;
        });
    }

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

        var result = read(new EntryReader(folder, Open));
        known[folder] = new WeakReference<object>(result);
        return result;

        OpenedEntry? Open(string name) => _context.Repository.OpenEntryOrNull(folder, name) is { } entry ? new OpenedEntry(entry, entry.Stream, entry.Stream.Length) : null;
    }

    private static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or FormatException)
        {
            throw new InvalidDataException($"The model file is damaged: entry '{name}' cannot be read. {e.Message}", e);
        }
    }

    private static InvalidDataException Missing(string name) => new($"The model file is damaged: entry '{name}' is missing.");

    /// <summary>An entry that is open for reading.</summary>
    /// <param name="Owner">Closes the entry.</param>
    /// <param name="Stream">Its content; need not be able to seek.</param>
    /// <param name="Length">The bytes of its content, as the zip states them.</param>
    internal readonly record struct OpenedEntry(IDisposable Owner, Stream Stream, long Length) : IDisposable
    {
        public void Dispose() => Owner.Dispose();
    }

    /// <summary>Reads the entries of a shared folder, wherever <paramref name="open"/> finds them; it gives null for an entry that is not there.</summary>
    internal sealed class EntryReader(string folder, Func<string, OpenedEntry?> open)
    {
        /// <summary>Reads an entry of the folder.</summary>
        internal T Read<T>(string name, Func<Stream, T> read) => Read(name, (stream, _) => read(stream));

        /// <summary>Reads an entry of the folder, whose length is the second argument.</summary>
        internal T Read<T>(string name, Func<Stream, long, T> read) => TryRead(name, read, out var result) ? result : throw Missing(PathOf(name));

        /// <summary>Reads an entry of the folder, if there is one.</summary>
        internal bool TryRead<T>(string name, Func<Stream, T> read, [MaybeNullWhen(false)] out T result) => TryRead(name, (stream, _) => read(stream), out result);

        private bool TryRead<T>(string name, Func<Stream, long, T> read, [MaybeNullWhen(false)] out T result)
        {
            var opened = Guard(PathOf(name), () => open(name));
            if (opened is not { } entry)
            {
                result = default;
                return false;
            }

            using (entry)
            {
                result = Guard(PathOf(name), () => read(entry.Stream, entry.Length));
                return true;
            }
        }

        private string PathOf(string name) => $"{folder}/{name}";
    }
}
