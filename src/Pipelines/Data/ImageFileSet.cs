namespace IGptMl.Data;

/// <summary>Image files with their classes. The list is made once; each file is opened when its image is read.</summary>
/// <param name="Origin">The source for messages, such as "Image folder 'photos'".</param>
/// <param name="Folder">The folder to which names are relative.</param>
/// <param name="ClassNames">The classes in label order.</param>
/// <param name="Files">The files in row order.</param>
internal sealed record ImageFileSet(string Origin, string Folder, IReadOnlyList<string> ClassNames, IReadOnlyList<ImageFile> Files)
{
    /// <summary>The files without an image extension, in the same order.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>The path of a file.</summary>
    public string PathOf(ImageFile file) => Path.Combine(Folder, file.Name);
}
