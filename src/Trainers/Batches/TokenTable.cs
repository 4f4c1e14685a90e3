using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IGptMl.Hosting;
using IGptMl.Numerics;
using Microsoft.ML;

namespace IGptMl.Batches;

/// <summary>
/// The complete rows of a token column, stored because training visits them many times in random order: two bytes per token, in memory or in a mapped file.
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

    /// <summary>The number of tokens per row.</summary>
    internal int ContextLength { get; }

    /// <summary>The number of rows that were skipped because their tokens are missing.</summary>
    internal long Skipped { get; }

    /// <summary>The row's tokens, 0-based. Valid until the table is disposed.</summary>
    public ReadOnlySpan<ushort> this[int row] => _rows[row];

    /// <inheritdoc/>
    public void Dispose() => (_rows as IDisposable)?.Dispose();

    /// <summary>
    /// Sets aside a fraction of the rows, at least one, drawn by the seed. Returns the remaining rows and the rows set aside; both are valid until this table
    /// is disposed.
    /// </summary>
    internal (TokenTable Kept, TokenTable Aside) Split(double fraction, int seed)
    {
        var count = (int)Math.Clamp(Math.Round(Count * fraction), 1, Count);
        var order = new int[Count];
        new RandomStreams(seed).Open(RandomStream.ValidationSplit).Permute(order);
        return (Choose(order[count..]), Choose(order[..count]));

        TokenTable Choose(int[] rows) => new(new TokenSelection(_rows, [.. rows.Order()]), Colors, ContextLength, Skipped);
    }

    /// <summary>The SHA-256 of all rows in order: tables with equal digests hold equal tokens.</summary>
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

    /// <summary>Passes every complete row to an action, and returns the number of incomplete rows.</summary>
    internal static long Read(IDataView data, DataViewSchema.Column column, CancellationToken cancellation, Action<ReadOnlySpan<ushort>> take)
    {
        var tokens = new ushort[TokenColumn.Sizes(column).Context];
        long skipped = 0;
        using var cursor = data.GetRowCursor([column]);
        var read = TokenColumn.CreateReader(cursor, column);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (read(tokens))
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
