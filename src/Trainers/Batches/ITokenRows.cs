namespace IGptMl.Batches;

/// <summary>Rows of tokens, in memory or in a file.</summary>
internal interface ITokenRows
{
    /// <summary>The number of rows.</summary>
    int Count { get; }

    /// <summary>The row's tokens, 0-based. The span is valid as long as the rows are.</summary>
    ReadOnlySpan<ushort> this[int row] { get; }
}
