using IGptMl;
using IGptMl.Data;

namespace Microsoft.ML;

/// <summary>Collection of extension methods for <see cref="DataOperationsCatalog"/> that repeat rows and track the reading of rows.</summary>
public static class RowDataCatalog
{
    /// <summary>
    /// Repeats all rows several times, one pass after the other. Transforms that are random per row give other values in each pass: after this,
    /// <c>QuantizeToPalette</c> with <c>ImageCropping.RandomCrop</c> gives several crops of every image, as in the paper's training.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="input">The rows. Their ids are kept in the first pass.</param>
    /// <param name="times">The number of passes, 1 or more.</param>
    /// <returns>The rows, lazily.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is less than 1.</exception>
    public static IDataView RepeatRows(this DataOperationsCatalog catalog, IDataView input, int times)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        return new RepeatedDataView(input, times);
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
