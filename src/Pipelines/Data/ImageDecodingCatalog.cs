using IGptMl;
using IGptMl.Hosting;

namespace Microsoft.ML;

/// <summary>Extends <see cref="TransformsCatalog"/> with the decoding of image files.</summary>
public static class ImageDecodingCatalog
{
    /// <summary>
    /// Create an <see cref="ImageDecodingEstimator"/>, which decodes image files, given as paths or as bytes, for pipelines that predict from files or
    /// uploads.
    /// </summary>
    /// <param name="catalog">The transforms' catalog.</param>
    /// <param name="outputColumnName">The column of images.</param>
    /// <param name="inputColumnName">The column of paths (text) or contents (vector of Byte); null for the name of the output column.</param>
    /// <param name="unreadable">
    /// What to do with a file that cannot be decoded: <see cref="UnreadableImages.Refuse"/> (the default) or <see cref="UnreadableImages.Missing"/>.
    /// </param>
    /// <param name="maximumPixels">
    /// For contents: an image of more pixels, 1 to 2^28, counts as one that cannot be decoded, so that a small upload cannot take gigabytes; null for 2^28.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A name is empty, <paramref name="unreadable"/> is another value, or <paramref name="maximumPixels"/> is out of range.
    /// </exception>
    /// <example>
    /// <code language="csharp">
    /// // Bytes of uploaded files to images.
    /// var uploads = ml.Data.LoadFromEnumerable([new Upload { Bytes = File.ReadAllBytes("cat.jpg") }]);
    /// IDataView decoded = ml.Transforms.DecodeImages("Image", "Bytes").Fit(uploads).Transform(uploads);
    ///
    /// class Upload
    /// {
    ///     public byte[] Bytes { get; set; } = [];
    /// }
    /// </code>
    /// </example>
    public static ImageDecodingEstimator DecodeImages(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        UnreadableImages unreadable = UnreadableImages.Refuse,
        long? maximumPixels = null)
        => new(CatalogEnvironment.Of(catalog), new ImageDecodingTransformer.Settings(inputColumnName ?? outputColumnName, outputColumnName, unreadable,
            maximumPixels));
}
