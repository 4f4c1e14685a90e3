using IGptMl.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Applies a network to the tokens of rows, in batches for data views and one row at a time for prediction engines.</summary>
/// <remarks>
/// Subclasses define where a row's tokens come from, the values that are computed from them, and the output columns. This class creates views, cursors and row
/// mappers.
/// </remarks>
internal abstract class BatchedMapping : ColumnMapping
{
    /// <param name="host">The host, for errors.</param>
    /// <param name="inputColumnName">The column that the tokens come from.</param>
    /// <param name="batchSize">The maximum number of rows per batch.</param>
    /// <param name="colors">The network's number of token values.</param>
    /// <param name="contextLength">The network's number of positions.</param>
    protected BatchedMapping(IHost host, string inputColumnName, int batchSize, int colors, int contextLength)
        : base(host, inputColumnName)
    {
        BatchSize = batchSize;
        Colors = colors;
        ContextLength = contextLength;
    }

    internal int BatchSize { get; }

    internal int Colors { get; }

    internal int ContextLength { get; }

    /// <summary>The number of values per row, for all columns together.</summary>
    internal abstract int Width { get; }

    internal abstract IReadOnlyList<BatchedColumn> Columns { get; }

    internal override IEnumerable<DataViewSchema.DetachedColumn> Definitions => Columns.Select(c => c.Definition);

    /// <summary>Computes <paramref name="rows"/> rows: tokens (rows, T) to values (rows, <see cref="Width"/>). Thread-safe.</summary>
    internal abstract void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers);

    /// <summary>
    /// Adds the computation to a graph: tokens (N, T) int64 from 0 to K - 1 → a value (N, …) for each column: float32, or int64 for a key, from 1.
    /// </summary>
    /// <exception cref="NotSupportedException">It cannot be a graph.</exception>
    internal virtual IReadOnlyList<string> AddTo(OnnxGraph graph, string tokens) => throw OnnxRefusal.Of(Definitions);

    internal override IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new BatchedDataView(this, input);
    }

    internal override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new BatchedRowMapper(this, inputSchema);
    }

    /// <summary>Finds and checks the input column: a token column, unless a subclass creates tokens from another column.</summary>
    internal override DataViewSchema.Column FindInput(DataViewSchema schema) => TokenColumn.Require(schema, Host, InputColumnName, Colors, ContextLength);

    /// <summary>Creates a reader for the tokens of a row, or of a cursor's current row. Not thread-safe.</summary>
    internal virtual TokenReader CreateReader(DataViewRow row) => TokenColumn.CreateReader(row, FindInput(row.Schema));
}
