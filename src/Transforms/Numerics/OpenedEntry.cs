namespace IGptMl.Numerics;

/// <summary>An entry of a zip that is open for reading.</summary>
/// <param name="Owner">Closes the entry when it is disposed.</param>
/// <param name="Stream">The content; the stream may be forward-only.</param>
/// <param name="Length">The number of bytes of the content, as stated in the zip.</param>
internal readonly record struct OpenedEntry(IDisposable Owner, Stream Stream, long Length) : IDisposable
{
    public void Dispose() => Owner.Dispose();
}
