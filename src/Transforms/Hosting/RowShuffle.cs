namespace IGptMl.Hosting;

/// <summary>The random generators that a view passes to its source when its rows are requested in random order.</summary>
internal static class RowShuffle
{
    /// <summary>
    /// Creates a generator with a seed, or none if the order is not random. Two cursors over the same rows need two generators with the same seed, as a shared
    /// one would give them different orders.
    /// </summary>
    internal static Random? Of(int? seed)
    {
#pragma warning disable RS0030 // IDataView.GetRowCursor takes a System.Random; ML.NET's own contract promises no order
        return seed is { } value ? new Random(value) : null;
#pragma warning restore RS0030
    }
}
