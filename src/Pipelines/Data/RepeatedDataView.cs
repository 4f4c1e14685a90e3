using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>All rows of a view several times, one pass after the other. A row's id differs in every pass; in the first pass it is the original id.</summary>
/// <param name="inner">The rows.</param>
/// <param name="times">The number of passes.</param>
internal sealed class RepeatedDataView(IDataView inner, int times) : IDataView, IIdentifiedData
{
    /// <inheritdoc/>
    public string? Identity => DataIdentity.Of(inner) is { } identity ? $"{times} times {identity}" : null;

    /// <inheritdoc/>
    public bool CanShuffle => inner.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => inner.Schema;

    /// <inheritdoc/>
    public long? GetRowCount() => inner.GetRowCount() * times;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        // Drawn now, because two cursors that are read in parallel get two generators with the same state, and may read rows at different times.
        var seeds = rand is null ? null : Enumerable.Range(0, times).Select(_ => rand.Next()).ToArray();
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        return new RepeatedCursor(pass => inner.GetRowCursor(columns, RowShuffle.Of(seeds?[pass])), times);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
