namespace IGptMl.Batches;

/// <summary>Some of other rows, which stay their owner's.</summary>
/// <param name="rows">All rows.</param>
/// <param name="chosen">Those that are looked at, in the order in which they are.</param>
internal sealed class TokenSelection(ITokenRows rows, int[] chosen) : ITokenRows
{
    /// <inheritdoc/>
    public int Count => chosen.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<ushort> this[int row] => rows[chosen[row]];
}
