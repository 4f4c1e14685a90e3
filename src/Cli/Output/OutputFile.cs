namespace IGptMl.Cli.Output;

/// <summary>A result file: written beside its place and renamed, so that an existing file is only replaced by a complete one.</summary>
internal static class OutputFile
{
    /// <summary>Finds out early whether the file can be written, before hours of work are spent on it.</summary>
    /// <exception cref="IOException">There is no such folder, the path is a folder, or nothing can be written there.</exception>
    internal static void Check(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be written: the folder '{folder}' does not exist.");
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' cannot be written: it is a folder.");
        }

        try
        {
            using var probe = new FileStream(Beside(path), new FileStreamOptions
                { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Writes the file through a stream.</summary>
    internal static void Write(string path, Action<Stream> write) => Replace(path, string.Empty, partial =>
    {
        using var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.ReadWrite);
        write(stream);
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Writes the file by its path.</summary>
    /// <param name="path">The file to replace.</param>
    /// <param name="ending">The ending by which what writes it tells the format, such as ".png".</param>
    /// <param name="write">Gets the path to write to.</param>
    internal static void Replace(string path, string ending, Action<string> write)
    {
        var partial = Beside(path) + ending;
        try
        {
            write(partial);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static string Beside(string path) => $"{path}.{Path.GetRandomFileName()}.partial";
}
