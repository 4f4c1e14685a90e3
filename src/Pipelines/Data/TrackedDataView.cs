using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>A view that reports the progress of its reader, and whose cursors stop when a token is canceled.</summary>
/// <param name="inner">The rows.</param>
/// <param name="progress">Receives the progress; null to support cancellationToken only.</param>
/// <param name="rowCount">The number of rows.</param>
/// <param name="cancellationToken">Stops the reading.</param>
internal sealed class TrackedDataView(
    IDataView inner,
    IProgress<RowProgress>? progress,
    long? rowCount,
    CancellationToken cancellationToken) : IDataView, IIdentifiedData
{
    private readonly RowCounter? _counter = progress is null ? null : new RowCounter(progress, rowCount);

    /// <inheritdoc/>
    public string? Identity => DataIdentity.Of(inner);

    /// <inheritdoc/>
    public bool CanShuffle => inner.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => inner.Schema;

    /// <inheritdoc/>
    public long? GetRowCount() => rowCount;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new TrackedCursor(inner.GetRowCursor(columnsNeeded, rand), _counter, cancellationToken);

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
