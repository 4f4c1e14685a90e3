namespace IGptMl.Caching;

/// <summary>A folder of cached values. It is a help, never a need: what cannot be read is noticed and computed again, what cannot be written is told and left out.</summary>
/// <remarks>A file is written beside its place and renamed, so a full disk or an interruption leaves no half of one under its name.</remarks>
internal sealed class CacheFolder
{
    private readonly string? _path;
    private readonly Action<string> _warn;
    private readonly Func<string, Stream> _create;
    private bool _full;

    /// <param name="path">The folder, made where it is missing; null means no cache.</param>
    /// <param name="warn">Gets what somebody should know.</param>
    /// <param name="create">Opens a file to write; null means a file stream.</param>
    internal CacheFolder(string? path, Action<string> warn, Func<string, Stream>? create = null)
    {
        _path = path;
        _warn = warn;
        _create = create ?? (file => new FileStream(file, FileMode.CreateNew, FileAccess.Write));
    }

    /// <summary>Reads a file, if there is one. <paramref name="read"/> throws <see cref="InvalidDataException"/> for one that is damaged or somebody else's.</summary>
    internal T? TryRead<T>(string name, Func<Stream, T> read)
        where T : class
    {
        if (_path is null || !File.Exists(Path.Combine(_path, name)))
        {
            return null;
        }

        try
        {
            using var stream = File.OpenRead(Path.Combine(_path, name));
            return read(stream);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _warn($"The cached file '{name}' is not used, and computed again: {e.Message}");
            return null;
        }
    }

    /// <summary>Writes a file, if that is possible; after a failure no other is tried.</summary>
    internal void TryWrite(string name, Action<Stream> write)
    {
        if (_path is null || _full)
        {
            return;
        }

        var path = Path.Combine(_path, name);
        var partial = $"{path}.{Path.GetRandomFileName()}.partial";
        try
        {
            Directory.CreateDirectory(_path);
            using (var stream = _create(partial))
            {
                write(stream);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _full = true;
            _warn($"Nothing more is cached, the results are not affected: '{name}' cannot be written. {e.Message}");
            TryDelete(partial);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What could not be written may not be removable either; its name is none that is ever read.
        }
    }
}
