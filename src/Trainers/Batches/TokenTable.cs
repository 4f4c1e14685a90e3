using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IGptMl.Hosting;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Batches;

/// <summary>
/// The complete rows of a token column, kept because training visits them many times in random order: two bytes a token, in memory or in a mapped file.
/// </summary>
internal sealed class TokenTable : ITokenRows, IDisposable
{
    private readonly ITokenRows _rows;

    internal TokenTable(ITokenRows rows, int colors, int context, long skipped)
    {
        _rows = rows;
        Colors = colors;
        ContextLength = context;
        Skipped = skipped;
    }

    /// <inheritdoc/>
    public int Count => _rows.Count;

    /// <summary>The number of token values.</summary>
    internal int Colors { get; }

    /// <summary>The tokens of a row.</summary>
    internal int ContextLength { get; }

    /// <summary>The rows that were left out because their tokens are missing.</summary>
    internal long Skipped { get; }

    /// <summary>The row's tokens, 0-based. Valid until the table is disposed.</summary>
    public ReadOnlySpan<ushort> this[int row] => _rows[row];

    /// <inheritdoc/>
    public void Dispose() => (_rows as IDisposable)?.Dispose();

    /// <summary>
    /// Sets a share of the rows aside, drawn by the seed and at least one: what is left, and what was set aside. Both are valid until this table is disposed.
    /// </summary>
    internal (TokenTable Kept, TokenTable Aside) Split(double fraction, int seed)
    {
        var count = (int)Math.Clamp(Math.Round(Count * fraction), 1, Count);
        var order = new int[Count];
        new RandomStreams(seed).Open(RandomStream.ValidationSplit).Permute(order);
        return (Choose(order[count..]), Choose(order[..count]));

        TokenTable Choose(int[] rows) => new(new TokenSelection(_rows, [.. rows.Order()]), Colors, ContextLength, Skipped);
    }

    /// <summary>The SHA-256 of all rows in their order: two tables with the same one hold the same tokens.</summary>
    internal string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var row = 0; row < Count; row++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(_rows[row]));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>"21 of checksum a3af…", for the settings of a run.</summary>
    internal string Describe() => $"{Count} of checksum {Digest()}";

    /// <summary>Reads the whole column into memory.</summary>
    internal static TokenTable Read(IDataView data, DataViewSchema.Column column, CancellationToken cancellation)
    {
        var (colors, context) = TokenColumn.Sizes(column);
        var rows = new TokenMemory(context);
        var skipped = Read(data, column, cancellation, tokens => rows.Add(tokens));
        return new TokenTable(rows, colors, context, skipped);
    }

    /// <summary>Hands over every complete row, and returns the number of the others.</summary>
    internal static long Read(IDataView data, DataViewSchema.Column column, CancellationToken cancellation, Action<ReadOnlySpan<ushort>> take)
    {
        var tokens = new ushort[TokenColumn.Sizes(column).Context];
        long skipped = 0;
        VBuffer<ushort> keys = default;
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<ushort>>(column);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            getter(ref keys);
            if (TokenColumn.TryRead(keys, tokens))
            {
                take(tokens);
            }
            else
            {
                skipped++;
            }
        }

        return skipped;
    }
}
