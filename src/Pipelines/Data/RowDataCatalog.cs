using IGptMl;
using IGptMl.Data;

namespace Microsoft.ML;

/// <summary>Collection of extension methods for <see cref="DataOperationsCatalog"/> that repeat rows and follow their reading.</summary>
public static class RowDataCatalog
{
    /// <summary>
    /// Gives all rows several times, one pass after the other. Transforms whose values are random by row see other rows in each pass: behind this,
    /// <c>QuantizeToPalette</c> with <c>ImageCropping.RandomCrop</c> gives several crops of every image, as the paper trains on them.
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
    /// Gives the same rows, tells how far their reading is, and ends it when a token is canceled. Before a slow transform or a trainer, this tells how far it is.
    /// </summary>
    /// <remarks>It follows one pass: of several, which some trainers make, the first. The rows of the view are read by one cursor.</remarks>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="input">The rows.</param>
    /// <param name="progress">Receives the progress ten times a second at most, on the thread that reads; null, to cancel only.</param>
    /// <param name="rowCount">The number of rows, for a view that does not know it; null, the default, takes what the view says.</param>
    /// <param name="cancellationToken">Ends the reading with an <see cref="OperationCanceledException"/> at the next row.</param>
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
