namespace IGptMl.Batches;

/// <summary>A selection of rows. It does not own them.</summary>
/// <param name="rows">All rows.</param>
/// <param name="chosen">The indices of the selected rows, in order.</param>
internal sealed class TokenSelection(ITokenRows rows, int[] chosen) : ITokenRows
{
    /// <inheritdoc/>
    public int Count => chosen.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<ushort> this[int row] => rows[chosen[row]];
}
