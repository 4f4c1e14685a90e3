using IGptMl.Images;

namespace IGptMl.Data;

/// <summary>
/// The image files below a folder, with one class per subfolder. Hidden subfolders and files are skipped, and so are files next to the subfolders that are not
/// images.
/// </summary>
internal static class ImageFolder
{
    private const string Unlabeled = "unlabeled"; // the one class that a key type needs, which no row has

    /// <summary>Lists the files by class and then by path, ordinal.</summary>
    /// <exception cref="ArgumentException">The folder's name is blank.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There are no images, a class has none, or there are images next to the class folders.</exception>
    public static ImageFileSet List(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Image folder '{folder}' does not exist.");
        }

        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var loose = Find(root, root, recursive: false);
        string[] classNames =
        [
            .. Directory.EnumerateDirectories(root, "*", new EnumerationOptions { IgnoreInaccessible = false })
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];
        if (classNames.Length > 0)
        {
            return ListClasses($"Image folder '{folder}'", root, classNames, loose.Images);
        }

        if (loose.Images.Count == 0)
        {
            throw new InvalidDataException($"Image folder '{folder}' has neither subfolders nor images ({string.Join(' ', ImageDecoder.Extensions)}).");
        }

        var name = Path.GetFileName(root) is { Length: > 0 } last ? last : root;
        return new ImageFileSet($"Image folder '{folder}'", root, [name], [.. loose.Images.Select(path => new ImageFile(path, 0))]) { Others = loose.Others };
    }

    /// <summary>Lists files without classes: those given, and for a folder the images at any depth below it.</summary>
    /// <exception cref="ArgumentException">There is no path, or one is blank.</exception>
    public static ImageFileSet ListFiles(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0 || paths.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException("Expected at least one path, and none that is blank.", nameof(paths));
        }

        var (files, skipped) = (new List<string>(), new List<string>());
        foreach (var path in paths)
        {
            var (images, others) = Directory.Exists(path) ? Find(path, path, recursive: true) : ([], []);
            files.AddRange(images.Count > 0 ? images.Select(image => Path.Combine(path, image)) : [path]);
            skipped.AddRange(others.Select(other => Path.Combine(path, other)));
        }

        return new ImageFileSet("Image files", string.Empty, [Unlabeled], [.. files.Select(file => new ImageFile(file, RowSource.NoLabel))])
            { Others = skipped };
    }

    private static ImageFileSet ListClasses(string origin, string root, string[] classNames, List<string> loose)
    {
        if (loose.Count > 0)
        {
            throw new InvalidDataException($"Image folder '{root}' has subfolders as its classes; the image '{loose[0]}' next to them has no class.");
        }

        var files = new List<ImageFile>();
        var skipped = new List<string>();
        for (var label = 0; label < classNames.Length; label++)
        {
            var (images, others) = Find(root, Path.Combine(root, classNames[label]), recursive: true);
            if (images.Count == 0)
            {
                throw new InvalidDataException($"Class folder '{classNames[label]}' of '{root}' has no images ({string.Join(' ', ImageDecoder.Extensions)}).");
            }

            files.AddRange(images.Select(path => new ImageFile(path, label)));
            skipped.AddRange(others);
        }

        return new ImageFileSet(origin, root, classNames, files) { Others = skipped };
    }

    private static (List<string> Images, List<string> Others) Find(string root, string folder, bool recursive)
    {
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { IgnoreInaccessible = false, RecurseSubdirectories = recursive })
            .Select(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .ToLookup(path => ImageDecoder.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));
        return ([.. files[true]], [.. files[false]]);
    }
}
