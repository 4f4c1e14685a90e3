using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IGptMl.Batches;
using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl.FineTuning;

/// <summary>Tokens with their classes, read into memory once, two bytes per token, because training visits them many times in random order.</summary>
internal sealed class LabeledTokens : ITokenRows
{
    private readonly ITokenRows _tokens;
    private readonly int[] _labels;

    private LabeledTokens(ITokenRows tokens, int[] labels, int classes)
    {
        _tokens = tokens;
        _labels = labels;
        Classes = classes;
    }

    /// <inheritdoc/>
    public int Count => _tokens.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<ushort> this[int row] => _tokens[row];

    /// <summary>The number of classes, including classes without rows.</summary>
    internal int Classes { get; }

    /// <summary>The number of rows that were skipped because their tokens are missing.</summary>
    internal long WithoutTokens { get; private init; }

    /// <summary>The number of rows with tokens that were skipped because their label is missing.</summary>
    internal long WithoutLabel { get; private init; }

    /// <summary>The class of every row, 0-based.</summary>
    internal IReadOnlyList<int> Labels => _labels;

    /// <summary>Reads both columns.</summary>
    internal static LabeledTokens Read(IDataView data, DataViewSchema.Column tokenColumn, DataViewSchema.Column labelColumn, CancellationToken cancellation)
    {
        var tokens = new ushort[TokenColumn.Sizes(tokenColumn).Context];
        var classes = LabelColumn.Count(labelColumn);
        var (rows, labels) = (new TokenMemory(tokens.Length), new List<int>());
        var (withoutTokens, withoutLabel) = (0L, 0L);
        uint label = 0;
        using var cursor = data.GetRowCursor([tokenColumn, labelColumn]);
        var (read, getLabel) = (TokenColumn.CreateReader(cursor, tokenColumn), cursor.GetGetter<uint>(labelColumn));
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getLabel(ref label);
            if (!read(tokens))
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

        return new LabeledTokens(rows, [.. labels], classes) { WithoutTokens = withoutTokens, WithoutLabel = withoutLabel };
    }

    /// <summary>Selects rows, in the given order.</summary>
    internal LabeledTokens Select(IReadOnlyCollection<int> rows) => new(new TokenSelection(_tokens, [.. rows]), [.. rows.Select(row => _labels[row])], Classes);

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

    /// <summary>"21 of checksum a3af…", for the settings of a run.</summary>
    internal string Describe()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var row = 0; row < Count; row++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(this[row]));
        }

        hash.AppendData(MemoryMarshal.AsBytes<int>(_labels));
        return $"{Count} of checksum {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
