using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>All rows of a view several times, one pass after the other. A row has another id in every pass, its own in the first.</summary>
/// <param name="inner">The rows.</param>
/// <param name="times">The passes.</param>
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
        // Drawn now, because two cursors that walk in step are given two generators of the same state, and may be asked for rows at different times.
        var seeds = rand is null ? null : Enumerable.Range(0, times).Select(_ => rand.Next()).ToArray();
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        return new RepeatedCursor(pass => inner.GetRowCursor(columns, RowShuffle.Of(seeds?[pass])), times);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
