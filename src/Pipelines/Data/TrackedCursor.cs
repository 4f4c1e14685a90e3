using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>A cursor of a <see cref="TrackedDataView"/>.</summary>
internal sealed class TrackedCursor(DataViewRowCursor inner, RowCounter? counter, CancellationToken cancellationToken) : DataViewRowCursor
{
    /// <inheritdoc/>
    public override DataViewSchema Schema => inner.Schema;

    /// <inheritdoc/>
    public override long Position => inner.Position;

    /// <inheritdoc/>
    public override long Batch => inner.Batch;

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        cancellationToken.ThrowIfCancellationRequested();
        var finished = inner.Position + 1; // requesting the next row means that this one is finished
        var hasMore = inner.MoveNext();
        counter?.Reach(finished, !hasMore);
        return hasMore;
    }

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => inner.IsColumnActive(column);

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => inner.GetGetter<TValue>(column);

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => inner.GetIdGetter();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
