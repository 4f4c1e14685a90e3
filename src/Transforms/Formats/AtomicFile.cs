namespace IGptMl.Formats;

/// <summary>Writes a file under a temporary name and then renames it, so that an existing file is only ever replaced by a complete one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes the file. If <paramref name="write"/> throws, an existing file stays unchanged and the temporary file is deleted.</summary>
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
