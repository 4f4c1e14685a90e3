namespace IGptMl.Hosting;

/// <summary>The generators that views hand to the views below them, when their rows are asked for in random order.</summary>
internal static class RowShuffle
{
    /// <summary>
    /// A generator of that seed, or none where the order is not random. Two views that walk in step are given two of the same seed: drawing from one twice
    /// would give two orders.
    /// </summary>
    internal static Random? Of(int? seed)
    {
#pragma warning disable RS0030 // IDataView.GetRowCursor takes a System.Random; ML.NET's own contract promises no order
        return seed is { } value ? new Random(value) : null;
#pragma warning restore RS0030
    }
}
