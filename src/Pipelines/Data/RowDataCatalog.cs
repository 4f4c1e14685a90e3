using IGptMl;
using IGptMl.Data;
using IGptMl.Hosting;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Collection of extension methods for <see cref="DataOperationsCatalog"/> that repeat, filter and track rows.</summary>
public static class RowDataCatalog
{
    private const string NameRole = "name";

    /// <summary>
    /// Repeats all rows several times, one pass after the other. Transforms that are random per row give other values in each pass: after this,
    /// <c>QuantizeToPalette</c> with <c>ImageCropping.RandomCrop</c> gives several crops of every image, as in the paper's training.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="input">The rows. Their ids are kept in the first pass.</param>
    /// <param name="times">The number of passes, 1 or more.</param>
    /// <returns>The rows, lazily.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is less than 1.</exception>
    /// <example>
    /// <code language="csharp">
    /// // Twenty random crops of each image.
    /// IDataView repeated = ml.Data.RepeatRows(images, times: 20);
    /// var crops = ml.Transforms.QuantizeToPalette("Tokens", "Image", model, ImageCropping.RandomCrop).Fit(images).Transform(repeated);
    /// </code>
    /// </example>
    public static IDataView RepeatRows(this DataOperationsCatalog catalog, IDataView input, int times)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        return new RepeatedDataView(input, times);
    }

    /// <summary>
    /// Leaves out the rows whose images cannot be read. This is found out when a row is reached, so that no file is decoded twice; a later pass leaves out the
    /// same rows.
    /// </summary>
    /// <remarks>
    /// With a loader that has <see cref="UnreadableImages.Refuse"/>, the default, this reports every unreadable image and keeps the others, where
    /// <see cref="UnreadableImages.Skip"/> decodes all files in advance. The number of rows is unknown. The rows are read by one cursor.
    /// </remarks>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="input">The rows.</param>
    /// <param name="report">Receives each unreadable image once, on the reading thread; null, the default, to leave them out without a report.</param>
    /// <param name="imageColumnName">The column of images.</param>
    /// <param name="nameColumnName">The column of names (text), by which the images of the rows are told apart.</param>
    /// <returns>The rows, lazily. A pass in which no image can be read ends with an <see cref="InvalidDataException"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView good = ml.Data.FilterUnreadableImages(images, image =&gt; Console.WriteLine(image.Problem));
    /// </code>
    /// </example>
    public static IDataView FilterUnreadableImages(
        this DataOperationsCatalog catalog,
        IDataView input,
        Action<UnreadableImage>? report = null,
        string imageColumnName = "Image",
        string nameColumnName = "Name")
    {
        var host = HostSettings.Register(CatalogEnvironment.Of(catalog), nameof(FilterUnreadableImages));
        ArgumentNullException.ThrowIfNull(input);
        var image = ImageColumn.Require(input.Schema, host, imageColumnName);
        var name = SchemaErrors.Require(input.Schema, host, NameRole, nameColumnName);
        return name.Type is TextDataViewType
            ? new ReadableDataView(input, image, name, new ImageCensus(report))
            : throw SchemaErrors.Mismatch(host, NameRole, name.Name, "String", name.Type.ToString() ?? string.Empty);
    }

    /// <summary>
    /// Passes rows through, reports how many have been read, and stops when a token is canceled. Placed before a slow transform or a trainer, this reports its
    /// progress.
    /// </summary>
    /// <remarks>Only the first pass is reported, although some trainers make several. The rows are read by one cursor.</remarks>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="input">The rows.</param>
    /// <param name="progress">Receives the progress at most ten times per second, on the reading thread; null to support cancellationToken only.</param>
    /// <param name="rowCount">The number of rows, for a view that does not know it; null, the default, for the view's row count.</param>
    /// <param name="cancellationToken">Stops the reading with an <see cref="OperationCanceledException"/> at the next row.</param>
    /// <returns>The rows, lazily.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rowCount"/> is negative.</exception>
    /// <example>
    /// <code language="csharp">
    /// var progress = new Progress&lt;RowProgress&gt;(p =&gt; Console.WriteLine($"{p.Done} of {p.Total} images"));
    /// IDataView tracked = ml.Data.TrackRows(images, progress);
    /// </code>
    /// </example>
    public static IDataView TrackRows(
        this DataOperationsCatalog catalog,
        IDataView input,
        IProgress<RowProgress>? progress,
        long? rowCount = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount ?? 0, nameof(rowCount));
        return new TrackedDataView(input, progress, rowCount ?? input.GetRowCount(), cancellationToken);
    }
}
