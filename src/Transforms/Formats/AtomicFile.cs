namespace IGptMl.Formats;

/// <summary>A file that is written beside its place and then renamed, so that an existing one is replaced only by a complete one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes the file. If <paramref name="write"/> fails, what was there before stays, and nothing is left beside it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static void Write(string path, Action<Stream> write)
    {
        var partial = $"{path}.{Path.GetRandomFileName()}.partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
