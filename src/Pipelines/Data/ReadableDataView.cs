using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>The rows of a view whose images can be read, which is found out when a row is reached.</summary>
/// <param name="inner">The rows.</param>
/// <param name="image">Their column of images.</param>
/// <param name="name">Their column of names.</param>
/// <param name="census">What earlier passes found.</param>
internal sealed class ReadableDataView(IDataView inner, DataViewSchema.Column image, DataViewSchema.Column name, ImageCensus census)
    : IDataView, IIdentifiedData
{
    /// <inheritdoc/>
    public string? Identity => DataIdentity.Of(inner);

    /// <inheritdoc/>
    public bool CanShuffle => inner.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => inner.Schema;

    /// <inheritdoc/>
    public long? GetRowCount() => null;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = ActiveColumns.Of(Schema, columnsNeeded);
        var needed = Schema.Where(column => active.Contains(column.Index) || column.Index == image.Index || column.Index == name.Index);
        return new ReadableCursor(inner.GetRowCursor(needed, rand), active, image, name, census);
    }

    /// <inheritdoc/>
    /// <remarks>One cursor: image files are decoded ahead on all processors by themselves.</remarks>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];
}
