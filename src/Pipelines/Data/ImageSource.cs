using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Data;

/// <summary>Rows whose content is an image.</summary>
internal abstract class ImageSource : RowSource
{
    /// <summary>Height and width in pixels if all images have the same size; otherwise null.</summary>
    public abstract (int Height, int Width)? ImageSize { get; }

    /// <summary>Whether creating an image takes so long that the next ones should be created ahead on other threads.</summary>
    public virtual bool ReadsAhead => false;

    /// <inheritdoc/>
    public sealed override DataViewSchema.DetachedColumn Content
        => new(SourceDataView.ImageColumn, ImageSize is { } size ? new ImageDataViewType(size.Height, size.Width) : new ImageDataViewType());

    /// <inheritdoc/>
    public sealed override ContentGetter OpenContent(SourceCursor cursor) => new ImageGetter(this, cursor);

    /// <summary>Creates image <paramref name="index"/> (0-based), which the caller owns; null if the image is missing.</summary>
    /// <exception cref="InvalidDataException">The stored image cannot be decoded.</exception>
    public abstract MLImage? ReadImage(int index);
}
