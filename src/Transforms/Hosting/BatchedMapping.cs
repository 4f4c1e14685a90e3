using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>A network over the tokens of rows: many rows at a time where there are many, one where there is one.</summary>
/// <remarks>
/// Subclasses say where a row's tokens come from, which numbers they give and which columns show them; views, cursors and row mappers are here.
/// </remarks>
internal abstract class BatchedMapping : ColumnMapping
{
    /// <param name="host">For errors.</param>
    /// <param name="inputColumnName">The column that the tokens come from.</param>
    /// <param name="batchSize">The greatest number of rows that are computed together.</param>
    /// <param name="colors">The token values that the network knows.</param>
    /// <param name="contextLength">The positions that the network has.</param>
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

    /// <summary>The numbers of a row, all columns together.</summary>
    internal abstract int Width { get; }

    internal abstract IReadOnlyList<BatchedColumn> Columns { get; }

    internal override IEnumerable<DataViewSchema.DetachedColumn> Definitions => Columns.Select(c => c.Definition);

    /// <summary>
    /// Computes <paramref name="rows"/> rows: tokens (rows, T) in, numbers (rows, <see cref="Width"/>) out. May be called on several threads.
    /// </summary>
    internal abstract void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers);

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

    /// <summary>Finds and checks the input column: a token column, unless a subclass makes tokens of another one.</summary>
    internal override DataViewSchema.Column FindInput(DataViewSchema schema) => TokenColumn.Require(schema, Host, InputColumnName, Colors, ContextLength);

    /// <summary>Reads the tokens of a row, or of a cursor's current one; on one thread.</summary>
    internal virtual TokenReader CreateReader(DataViewRow row)
    {
        var getter = row.GetGetter<VBuffer<ushort>>(FindInput(row.Schema));
        VBuffer<ushort> keys = default;
        return tokens =>
        {
            getter(ref keys);
            return keys.Length == tokens.Length
                ? TokenColumn.TryRead(keys, tokens)
                : throw new InvalidOperationException($"Column '{InputColumnName}' promised {tokens.Length} tokens a row and gave {keys.Length}.");
        };
    }
}
