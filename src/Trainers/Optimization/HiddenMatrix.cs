namespace IGptMl.Optimization;

/// <summary>A weight matrix of a block, (rows, columns) in row-major order, in a buffer of all parameters.</summary>
/// <param name="Start">The index of its first element in the buffer.</param>
/// <param name="Rows">The number of inputs.</param>
/// <param name="Columns">The number of outputs.</param>
/// <param name="Parts">The number of matrices of equal width side by side: 3 for queries, keys and values, otherwise 1.</param>
internal readonly record struct HiddenMatrix(long Start, long Rows, long Columns, int Parts);
