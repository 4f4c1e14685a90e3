using IGptMl.Images;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>Images decoded from files.</summary>
internal sealed class ImageFileSource : ImageSource
{
    private readonly ImageFileSet _set;
    private readonly bool _unreadableIsMissing;

    /// <param name="set">The files, at least one.</param>
    /// <param name="unreadableIsMissing">Whether a file that cannot be decoded gives a missing image.</param>
    public ImageFileSource(ImageFileSet set, bool unreadableIsMissing)
    {
        _set = set;
        _unreadableIsMissing = unreadableIsMissing;
    }

    /// <inheritdoc/>
    public override string Identity => FileIdentity.Of(_set.Files.Select(file => (file.Name, _set.PathOf(file))));

    /// <inheritdoc/>
    public override int Count => _set.Files.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _set.ClassNames;

    /// <inheritdoc/>
    public override (int Height, int Width)? ImageSize => null;

    /// <inheritdoc/>
    public override bool ReadsAhead => true;

    /// <inheritdoc/>
    public override MLImage? ReadImage(int index)
    {
        try
        {
            return ImageDecoder.Decode(_set.PathOf(_set.Files[index]));
        }
        catch (InvalidDataException) when (_unreadableIsMissing)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override int ReadLabel(int index) => _set.Files[index].Label;

    /// <inheritdoc/>
    public override string ReadName(int index) => _set.Files[index].Name;
}
