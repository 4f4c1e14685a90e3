namespace IGptMl.Data;

/// <summary>
/// The image files below a folder, one class for each of its subfolders.
/// Subfolders and files that the system marks as hidden are left out.
/// </summary>
internal static class ImageFolder
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"];

    /// <summary>Lists the files by class and then by path, ordinal.</summary>
    /// <exception cref="ArgumentException">The folder's name is blank.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There are no images, a class has none, or there are images beside the class folders.</exception>
    public static ImageFileSet List(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Image folder '{folder}' does not exist.");
        }

        var home = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var loose = FindImages(home, home, recursive: false);
        string[] classNames = [.. Directory.EnumerateDirectories(home, "*", new EnumerationOptions { IgnoreInaccessible = false }).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (classNames.Length > 0)
        {
            return new ImageFileSet($"Image folder '{folder}'", home, classNames, ListClasses(home, classNames, loose));
        }

        if (loose.Count == 0)
        {
            throw new InvalidDataException($"Image folder '{folder}' has neither subfolders nor images ({string.Join(' ', Extensions)}).");
        }

        var name = Path.GetFileName(home) is { Length: > 0 } last ? last : home;
        return new ImageFileSet($"Image folder '{folder}'", home, [name], [.. loose.Select(path => new ImageFile(path, 0))]);
    }

    private static List<ImageFile> ListClasses(string home, string[] classNames, List<string> loose)
    {
        if (loose.Count > 0)
        {
            throw new InvalidDataException($"Image folder '{home}' has subfolders, which are its classes, so '{loose[0]}' beside them belongs to no class.");
        }

        var files = new List<ImageFile>();
        for (var label = 0; label < classNames.Length; label++)
        {
            var images = FindImages(home, Path.Combine(home, classNames[label]), recursive: true);
            if (images.Count == 0)
            {
                throw new InvalidDataException($"Class folder '{classNames[label]}' of '{home}' has no images ({string.Join(' ', Extensions)}).");
            }

            files.AddRange(images.Select(path => new ImageFile(path, label)));
        }

        return files;
    }

    private static List<string> FindImages(string home, string folder, bool recursive) =>
    [
        .. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { IgnoreInaccessible = false, RecurseSubdirectories = recursive })
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Select(path => Path.GetRelativePath(home, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal),
    ];
}
