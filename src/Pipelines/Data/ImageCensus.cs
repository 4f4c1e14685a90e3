namespace IGptMl.Data;

/// <summary>
/// The images of a view that are known to be readable and those that are not, by the names of their rows, so that a later pass neither decodes an image to
/// find that out again nor reports it again. Cursors on several threads share it.
/// </summary>
/// <param name="report">Receives each unreadable image once; null to leave them out without a word.</param>
internal sealed class ImageCensus(Action<UnreadableImage>? report)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _readable = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>Whether the image can be read; null if nobody has tried.</summary>
    internal bool? IsReadable(string name)
    {
        lock (_lock)
        {
            return _readable.Contains(name) ? true : _unreadable.Contains(name) ? false : null;
        }
    }

    /// <summary>Notes that an image can be read.</summary>
    internal void AddReadable(string name)
    {
        lock (_lock)
        {
            _readable.Add(name);
        }
    }

    /// <summary>Notes that an image cannot be read, and reports it the first time.</summary>
    internal void AddUnreadable(string name, string problem)
    {
        lock (_lock)
        {
            if (_unreadable.Add(name))
            {
                report?.Invoke(new UnreadableImage(name, problem));
            }
        }
    }
}
