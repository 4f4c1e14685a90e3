namespace IGptMl.Cli.Output;

/// <summary>A folder of results.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder if it is missing, and finds out early whether it can be written, before hours of work are spent on it.</summary>
    /// <exception cref="IOException">It cannot be made, or nothing can be written there.</exception>
    internal static void Prepare(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder '{path}' cannot be made: {e.Message}", e);
        }

        OutputFile.Check(Path.Combine(path, "result"));
    }
}
