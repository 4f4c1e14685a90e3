using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Reads components that <see cref="ComponentWriter"/> wrote. Every error names the entry.</summary>
internal sealed class ComponentReader
{
    private static readonly ConditionalWeakTable<RepositoryReader, Dictionary<string, WeakReference<object>>> Shared = [];

    private readonly ModelLoadContext _context;

    internal ComponentReader(ModelLoadContext context)
    {
        _context = context;
        Header = ReadJson<ComponentHeader>(ComponentHeader.EntryName);
    }

    internal ComponentHeader Header { get; }

    /// <summary>Reads an entry of the component.</summary>
    internal T Read<T>(string name, Func<Stream, T> read)
    {
        var path = PathOf(name);
        T result = default!;

        // Loading decompresses the entry, so its errors are also caught.
        var isThere = EntryErrors.Guard(path, () => _context.TryLoadBinaryStream(name, reader => result = read(reader.BaseStream)));
        return isThere ? result : throw EntryErrors.Missing(path);
    }

    /// <summary>Reads a JSON entry of the component.</summary>
    internal T ReadJson<[DynamicallyAccessedMembers(JsonReflection.Members)] T>(string name)
        where T : class
        => Read(name, StrictJson.Read<T>);

    /// <summary>Interprets the content of an entry, which may be invalid.</summary>
    /// <exception cref="InvalidDataException">The content is invalid; the message names the entry.</exception>
    internal T Interpret<T>(string name, Func<T> interpret) => EntryErrors.Guard(PathOf(name), interpret);

    /// <summary>Creates the component from its settings, and disposes the objects that it should own if this fails.</summary>
    /// <param name="entry">The entry of the settings.</param>
    /// <param name="create">Checks the settings and creates the component.</param>
    /// <param name="owned">The objects that the component owns.</param>
    /// <exception cref="InvalidDataException">The settings are invalid; the message says why.</exception>
    internal static T Create<T>(string entry, Func<T> create, params ReadOnlySpan<object> owned)
    {
        try
        {
            return create();
        }
        catch (Exception e)
        {
            foreach (var value in owned)
            {
                (value as IDisposable)?.Dispose();
            }

            if (e is ArgumentException)
            {
                throw new InvalidDataException($"The model file is damaged: entry '{entry}' holds invalid settings. {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Reads a transformer that <see cref="ComponentWriter.WriteTransformer"/> wrote.</summary>
    internal ITransformer ReadTransformer(IHostEnvironment environment, string name)
    {
        var path = PathOf(name);
        return EntryErrors.Guard(path, () =>
        {
            _context.LoadModel<ITransformer, SignatureLoadModel>(environment, out var transformer, name);
            return transformer;
        });
    }

    /// <summary>
    /// Returns the value stored in <paramref name="folder"/>: the one that an earlier component of the same zip has read, if <paramref name="reuse"/> accepts
    /// it, otherwise a new one. <paramref name="read"/> receives a function that reads an entry of that folder.
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

        OpenedEntry? Open(string name)
            => _context.Repository.OpenEntryOrNull(folder, name) is { } entry ? new OpenedEntry(entry, entry.Stream, entry.Stream.Length) : null;
    }

    private string PathOf(string name) => $"{_context.Directory}/{name}".Replace('\\', '/');
}
