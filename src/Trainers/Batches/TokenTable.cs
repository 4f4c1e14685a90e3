using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Batches;

/// <summary>A token column read into memory once, two bytes a token, because training visits it many times in random order.</summary>
internal sealed class TokenTable
{
    private readonly List<ushort[]> _rows;

    private TokenTable(List<ushort[]> rows, int colors, int context, long skipped)
    {
        _rows = rows;
        Colors = colors;
        ContextLength = context;
        Skipped = skipped;
    }

    /// <summary>The number of rows.</summary>
    internal int Count => _rows.Count;

    /// <summary>The number of token values.</summary>
    internal int Colors { get; }

    /// <summary>The tokens of a row.</summary>
    internal int ContextLength { get; }

    /// <summary>The rows that were left out because their tokens are missing.</summary>
    internal long Skipped { get; }

    /// <summary>The row's tokens, 0-based.</summary>
    internal ReadOnlySpan<ushort> this[int row] => _rows[row];

    /// <summary>Reads the whole column.</summary>
    internal static TokenTable Read(IDataView data, DataViewSchema.Column column, CancellationToken cancellation)
    {
        var (colors, context) = TokenColumn.Sizes(column);
        var rows = new List<ushort[]>();
        long skipped = 0;
        VBuffer<ushort> keys = default;
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<ushort>>(column);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getter(ref keys);
            var tokens = new ushort[context];
            if (TokenColumn.TryRead(keys, tokens))
            {
                rows.Add(tokens);
            }
            else
            {
                skipped++;
            }
        }

        return new TokenTable(rows, colors, context, skipped);
    }
}
