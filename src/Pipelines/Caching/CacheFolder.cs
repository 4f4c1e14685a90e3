namespace IGptMl.Caching;

/// <summary>
/// A folder of cached values. Failures never affect results: an unreadable file is reported and its value computed again, and a file that cannot be
/// written is reported and left out.
/// </summary>
/// <remarks>Files are written under a temporary name and then renamed, so a full disk or an interruption leaves no incomplete file.</remarks>
internal sealed class CacheFolder
{
    private readonly string? _path;
    private readonly Action<string> _warn;
    private readonly Func<string, Stream> _create;
    private bool _full;

    /// <param name="path">The folder, which is created if it does not exist; null for no cache.</param>
    /// <param name="warn">Receives warnings for the user.</param>
    /// <param name="create">Creates a file for writing; null for a file stream.</param>
    internal CacheFolder(string? path, Action<string> warn, Func<string, Stream>? create = null)
    {
        _path = path;
        _warn = warn;
        _create = create ?? (file => new FileStream(file, FileMode.CreateNew, FileAccess.Write));
    }

    /// <summary>
    /// Reads a file, if it exists. <paramref name="read"/> throws <see cref="InvalidDataException"/> if the file is damaged or belongs to another value.
    /// </summary>
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
            _warn($"The cached file '{name}' is ignored, and its value is computed again: {e.Message}");
            return null;
        }
    }

    /// <summary>Writes a file, if possible. After a failure, no further file is written.</summary>
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
            _warn($"Caching stops; the results are not affected: '{name}' cannot be written. {e.Message}");
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
            // A file that could not be written may also be impossible to delete. Its temporary name is never read.
        }
    }
}
