using IGptMl.Numerics;

namespace IGptMl;

/// <summary>Tells what a file is by its bytes, for messages about one that was given in place of another.</summary>
public static class FileContent
{
    /// <summary>Describes a file, as the readers of models, images and arrays do in their errors.</summary>
    /// <param name="path">Path of the file or folder.</param>
    /// <returns>A part of a sentence, such as "a zip archive", "a pointer of Git LFS, …" or "a folder"; null if the content is not recognized.</returns>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder.</exception>
    public static string? Describe(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Directory.Exists(path))
        {
            return "a folder";
        }

        using var file = File.OpenRead(path);
        return FileKind.Of(file).Description;
    }
}
