using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// A fixed, ordered set of labelled images that are made one at a time. Every member may be called from several threads at once, and the same
/// index always gives the same row; nothing that grows with the number of pixels is kept.
/// </summary>
internal abstract class ImageSource
{
    /// <summary>The number of images, 1 or more.</summary>
    public abstract int Count { get; }

    /// <summary>The names of the classes in label order; 1 or more.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>Height and width in pixels if they are the same for every image, else null.</summary>
    public abstract (int Height, int Width)? ImageSize { get; }

    /// <summary>Makes image <paramref name="index"/> (0-based), which the caller then owns; null if the image is missing.</summary>
    /// <exception cref="InvalidDataException">The stored image cannot be read.</exception>
    public abstract MLImage? ReadImage(int index);

    /// <summary>The 0-based class of image <paramref name="index"/>.</summary>
    /// <exception cref="InvalidDataException">The stored label cannot be read or names no class.</exception>
    public abstract int ReadLabel(int index);

    /// <summary>A name that tells image <paramref name="index"/> from all others of this source.</summary>
    public abstract string ReadName(int index);
}
