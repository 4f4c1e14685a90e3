namespace IGptMl.Cli.Output;

/// <summary>Writes a result to a temporary file and renames it, so that an existing file is only replaced by a complete one.</summary>
internal static class OutputFile
{
    /// <summary>Checks that the file can be written, before hours of work.</summary>
    /// <exception cref="IOException">The folder does not exist, the path is a folder, or the file cannot be written.</exception>
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

    /// <summary>Writes the file through the path of a temporary file.</summary>
    /// <param name="path">The file to replace.</param>
    /// <param name="ending">The extension of the temporary file, which may determine the format, such as ".png".</param>
    /// <param name="write">Writes to the given path.</param>
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
