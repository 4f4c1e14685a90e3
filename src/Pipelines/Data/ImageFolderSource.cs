using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// The image files below a folder, one class for each of its subfolders. The list of files is taken once; a file is opened when its image is asked for.
/// Subfolders and files that the system marks as hidden are left out.
/// </summary>
internal sealed class ImageFolderSource : ImageSource
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"];

    private readonly string _folder;
    private readonly UnreadableImages _unreadable;
    private readonly string[] _classNames;

    // Paths below the folder, with '/' between their parts, so that names and order are the same on every platform.
    private readonly List<(string Path, int Label)> _files = [];

    public ImageFolderSource(string folder, UnreadableImages unreadable)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Enum.IsDefined(unreadable))
        {
            throw new ArgumentOutOfRangeException(nameof(unreadable), unreadable, $"Unknown choice: expected {UnreadableImages.Refuse} or {UnreadableImages.Missing}.");
        }

        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Image folder '{folder}' does not exist.");
        }

        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _unreadable = unreadable;
        var loose = FindImages(_folder, recursive: false);
        _classNames = [.. Directory.EnumerateDirectories(_folder, "*", new EnumerationOptions { IgnoreInaccessible = false }).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (_classNames.Length > 0)
        {
            AddClasses(loose);
            return;
        }

        if (loose.Count == 0)
        {
            throw new InvalidDataException($"Image folder '{folder}' has neither subfolders nor images ({string.Join(' ', Extensions)}).");
        }

        _classNames = [Path.GetFileName(_folder) is { Length: > 0 } name ? name : _folder];
        _files.AddRange(loose.Select(path => (path, 0)));
    }

    /// <inheritdoc/>
    public override int Count => _files.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _classNames;

    /// <inheritdoc/>
    public override (int Height, int Width)? ImageSize => null;

    /// <inheritdoc/>
    public override MLImage? ReadImage(int index)
    {
        var path = Path.Combine(_folder, _files[index].Path);
        try
        {
            var image = MLImage.CreateFromFile(path);
            image.Tag = path;
            return image;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return _unreadable == UnreadableImages.Missing ? null : throw new InvalidDataException($"'{path}' cannot be read as an image.", e);
        }
    }

    /// <inheritdoc/>
    public override int ReadLabel(int index) => _files[index].Label;

    /// <inheritdoc/>
    public override string ReadName(int index) => _files[index].Path;

    private void AddClasses(List<string> loose)
    {
        if (loose.Count > 0)
        {
            throw new InvalidDataException($"Image folder '{_folder}' has subfolders, which are its classes, so '{loose[0]}' beside them belongs to no class.");
        }

        for (var label = 0; label < _classNames.Length; label++)
        {
            var images = FindImages(Path.Combine(_folder, _classNames[label]), recursive: true);
            if (images.Count == 0)
            {
                throw new InvalidDataException($"Class folder '{_classNames[label]}' of '{_folder}' has no images ({string.Join(' ', Extensions)}).");
            }

            _files.AddRange(images.Select(path => (path, label)));
        }
    }

    private List<string> FindImages(string folder, bool recursive) =>
    [
        .. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { IgnoreInaccessible = false, RecurseSubdirectories = recursive })
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Select(path => Path.GetRelativePath(_folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal),
    ];
}
