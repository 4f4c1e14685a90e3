using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Data;

/// <summary>Rows whose contents are images.</summary>
internal abstract class ImageSource : RowSource
{
    /// <summary>Height and width in pixels if they are the same for every image, else null.</summary>
    public abstract (int Height, int Width)? ImageSize { get; }

    /// <summary>Whether making an image takes so long that the next ones are worth making on other threads meanwhile.</summary>
    public virtual bool ReadsAhead => false;

    /// <inheritdoc/>
    public sealed override DataViewSchema.DetachedColumn Content
        => new(SourceDataView.ImageColumn, ImageSize is { } size ? new ImageDataViewType(size.Height, size.Width) : new ImageDataViewType());

    /// <inheritdoc/>
    public sealed override ContentGetter OpenContent(SourceCursor cursor) => new ImageGetter(this, cursor);

    /// <summary>Makes image <paramref name="index"/> (0-based), which the caller then owns; null if the image is missing.</summary>
    /// <exception cref="InvalidDataException">The stored image cannot be read.</exception>
    public abstract MLImage? ReadImage(int index);
}
