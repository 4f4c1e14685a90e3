using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl.Cli.Sources;

/// <summary>A view that tells how far its cursors are, and whose cursors stop when a command is canceled.</summary>
/// <param name="inner">The rows.</param>
/// <param name="reach">Gets the number of rows that a cursor is done with, on the thread of the cursor.</param>
/// <param name="cancellation">Ends the reading with an <see cref="OperationCanceledException"/>.</param>
internal sealed class WatchedDataView(IDataView inner, Action<long> reach, CancellationToken cancellation) : IDataView, IIdentifiedData
{
    /// <inheritdoc/>
    public string? Identity => DataIdentity.Of(inner);

    /// <inheritdoc/>
    public bool CanShuffle => inner.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => inner.Schema;

    /// <inheritdoc/>
    public long? GetRowCount() => inner.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new WatchedCursor(inner.GetRowCursor(columnsNeeded, rand), reach, cancellation);

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
