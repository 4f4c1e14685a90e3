namespace IGptMl.Samples.WebApi;

/// <summary>
/// What was loaded from a file, and is loaded again when the file has changed. Requests that run keep the former content, which is disposed after the last of
/// them.
/// </summary>
internal sealed class ReloadedFile<T> : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<string, T> _load;
    private Content _current;
    private FileState _seen;

    /// <summary>Loads the file.</summary>
    internal ReloadedFile(string path, Func<string, T> load)
    {
        (Path, _load) = (path, load);
        _seen = FileState.Of(path);
        _current = new Content(load(path));
    }

    internal string Path { get; }

    public void Dispose()
    {
        lock (_lock)
        {
            _current.Release();
        }
    }

    /// <summary>Uses the current content. It is not disposed while it is used.</summary>
    internal TResult Use<TResult>(Func<T, TResult> use)
    {
        Content content;
        lock (_lock)
        {
            content = _current;
            content.Retain();
        }

        try
        {
            return use(content.Value);
        }
        finally
        {
            content.Release();
        }
    }

    /// <summary>
    /// Loads the file again if it has changed. If that fails, the former content stays; the same file is not tried again.
    /// </summary>
    /// <returns>Whether it was loaded.</returns>
    internal bool Refresh()
    {
        var state = FileState.Of(Path);
        if (state == _seen || !state.Exists)
        {
            return false;
        }

        _seen = state;
        var next = new Content(_load(Path));
        Content former;
        lock (_lock)
        {
            (former, _current) = (_current, next);
        }

        former.Release();
        return true;
    }

    private readonly record struct FileState(bool Exists, DateTime Written, long Length)
    {
        internal static FileState Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileState(true, file.LastWriteTimeUtc, file.Length) : default;
        }
    }

    /// <summary>A value with the number of its users, of which the holder is one.</summary>
    private sealed class Content(T value)
    {
        private int _users = 1;

        internal T Value => value;

        internal void Retain() => Interlocked.Increment(ref _users);

        internal void Release()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                value.Dispose();
            }
        }
    }
}
