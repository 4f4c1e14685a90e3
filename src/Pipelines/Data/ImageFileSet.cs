namespace IGptMl.Data;

/// <summary>Image files with their classes. The list is taken once; a file is opened when its image is asked for.</summary>
/// <param name="Origin">What the user named: "Image folder 'photos'".</param>
/// <param name="Folder">What the names are relative to.</param>
/// <param name="ClassNames">The classes in label order.</param>
/// <param name="Files">The files in row order.</param>
internal sealed record ImageFileSet(string Origin, string Folder, IReadOnlyList<string> ClassNames, IReadOnlyList<ImageFile> Files)
{
    /// <summary>The files among them whose names are not those of images, in the same order.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Where a file is.</summary>
    public string PathOf(ImageFile file) => Path.Combine(Folder, file.Name);
}
