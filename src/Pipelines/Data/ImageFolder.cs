namespace IGptMl.Data;

/// <summary>
/// The image files below a folder, one class for each of its subfolders.
/// Subfolders and files that the system marks as hidden are left out, and so are files beside the subfolders that are no images.
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
        var loose = Find(home, home, recursive: false);
        string[] classNames = [.. Directory.EnumerateDirectories(home, "*", new EnumerationOptions { IgnoreInaccessible = false }).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (classNames.Length > 0)
        {
            return ListClasses($"Image folder '{folder}'", home, classNames, loose.Images);
        }

        if (loose.Images.Count == 0)
        {
            throw new InvalidDataException($"Image folder '{folder}' has neither subfolders nor images ({string.Join(' ', Extensions)}).");
        }

        var name = Path.GetFileName(home) is { Length: > 0 } last ? last : home;
        return new ImageFileSet($"Image folder '{folder}'", home, [name], [.. loose.Images.Select(path => new ImageFile(path, 0))]) { Others = loose.Others };
    }

    private static ImageFileSet ListClasses(string origin, string home, string[] classNames, List<string> loose)
    {
        if (loose.Count > 0)
        {
            throw new InvalidDataException($"Image folder '{home}' has subfolders, which are its classes, so '{loose[0]}' beside them belongs to no class.");
        }

        var files = new List<ImageFile>();
        var passedOver = new List<string>();
        for (var label = 0; label < classNames.Length; label++)
        {
            var (images, others) = Find(home, Path.Combine(home, classNames[label]), recursive: true);
            if (images.Count == 0)
            {
                throw new InvalidDataException($"Class folder '{classNames[label]}' of '{home}' has no images ({string.Join(' ', Extensions)}).");
            }

            files.AddRange(images.Select(path => new ImageFile(path, label)));
            passedOver.AddRange(others);
        }

        return new ImageFileSet(origin, home, classNames, files) { Others = passedOver };
    }

    private static (List<string> Images, List<string> Others) Find(string home, string folder, bool recursive)
    {
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { IgnoreInaccessible = false, RecurseSubdirectories = recursive })
            .Select(path => Path.GetRelativePath(home, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .ToLookup(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));
        return ([.. files[true]], [.. files[false]]);
    }
}
