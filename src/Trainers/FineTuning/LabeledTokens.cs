using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.FineTuning;

/// <summary>Tokens with their classes, read into memory once, two bytes a token, because training visits them many times in random order.</summary>
internal sealed class LabeledTokens
{
    private readonly IReadOnlyList<ushort[]> _tokens;
    private readonly IReadOnlyList<int> _labels;

    private LabeledTokens(IReadOnlyList<ushort[]> tokens, IReadOnlyList<int> labels, int classes, long withoutTokens, long withoutLabel)
    {
        _tokens = tokens;
        _labels = labels;
        Classes = classes;
        WithoutTokens = withoutTokens;
        WithoutLabel = withoutLabel;
    }

    /// <summary>The number of rows.</summary>
    internal int Count => _tokens.Count;

    /// <summary>The number of classes, whether or not they have rows.</summary>
    internal int Classes { get; }

    /// <summary>The rows that were left out because their tokens are missing.</summary>
    internal long WithoutTokens { get; }

    /// <summary>The rows with tokens that were left out because their label is missing.</summary>
    internal long WithoutLabel { get; }

    /// <summary>The class of every row, 0-based.</summary>
    internal IReadOnlyList<int> Labels => _labels;

    /// <summary>The row's tokens, 0-based.</summary>
    internal ReadOnlySpan<ushort> this[int row] => _tokens[row];

    /// <summary>Reads both columns whole.</summary>
    internal static LabeledTokens Read(IDataView data, DataViewSchema.Column tokenColumn, DataViewSchema.Column labelColumn, CancellationToken cancellation)
    {
        var context = TokenColumn.Sizes(tokenColumn).Context;
        var classes = LabelColumn.Count(labelColumn);
        var (rows, labels) = (new List<ushort[]>(), new List<int>());
        var (withoutTokens, withoutLabel) = (0L, 0L);
        VBuffer<ushort> keys = default;
        uint label = 0;
        using var cursor = data.GetRowCursor([tokenColumn, labelColumn]);
        var (getKeys, getLabel) = (cursor.GetGetter<VBuffer<ushort>>(tokenColumn), cursor.GetGetter<uint>(labelColumn));
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getKeys(ref keys);
            getLabel(ref label);
            var tokens = new ushort[context];
            if (!TokenColumn.TryRead(keys, tokens))
            {
                withoutTokens++;
            }
            else if (label == 0 || label > classes)
            {
                withoutLabel++;
            }
            else
            {
                rows.Add(tokens);
                labels.Add((int)label - 1);
            }
        }

        return new LabeledTokens(rows, labels, classes, withoutTokens, withoutLabel);
    }

    /// <summary>Some of the rows.</summary>
    internal LabeledTokens Select(IReadOnlyCollection<int> rows) => new([.. rows.Select(row => _tokens[row])], [.. rows.Select(row => _labels[row])], Classes, 0, 0);

    /// <summary>The number of rows of each class.</summary>
    internal int[] CountByClass()
    {
        var counts = new int[Classes];
        foreach (var label in _labels)
        {
            counts[label]++;
        }

        return counts;
    }

    /// <summary>Writes the tokens and classes of rows, one after the other.</summary>
    internal void Copy(ReadOnlySpan<int> rows, Span<ushort> tokens, Span<long> labels)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var source = _tokens[rows[i]];
            source.CopyTo(tokens[(i * source.Length)..]);
            labels[i] = _labels[rows[i]];
        }
    }
}
