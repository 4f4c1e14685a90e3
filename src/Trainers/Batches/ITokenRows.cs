namespace IGptMl.Batches;

/// <summary>Rows of tokens, in memory or in a file.</summary>
internal interface ITokenRows
{
    /// <summary>The number of rows.</summary>
    int Count { get; }

    /// <summary>The row's tokens, 0-based. Valid while the rows are.</summary>
    ReadOnlySpan<ushort> this[int row] { get; }
}
