namespace IGptMl.Numerics;

/// <summary>An entry of a zip that is open for reading.</summary>
/// <param name="Owner">Closes the entry.</param>
/// <param name="Stream">Its content; need not be able to seek.</param>
/// <param name="Length">The bytes of its content, as the zip states them.</param>
internal readonly record struct OpenedEntry(IDisposable Owner, Stream Stream, long Length) : IDisposable
{
    public void Dispose() => Owner.Dispose();
}
