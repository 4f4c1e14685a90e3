namespace IGptMl.Batches;

/// <summary>
/// Rows of tokens in memory, two bytes per token, in a few large arrays, none of which is copied once it is full. An array holds at most 8 MiB, or 64 rows if
/// that is more.
/// </summary>
internal sealed class TokenMemory : ITokenRows
{
    private const int PieceTokens = 1 << 22;
    private const int LeastRows = 64;

    private readonly List<ushort[]> _pieces = [];
    private readonly int _context;
    private readonly int _rowsPerPiece;

    internal TokenMemory(int context)
    {
        _context = context;
        _rowsPerPiece = Math.Max(LeastRows, PieceTokens / context);
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<ushort> this[int row] => row < Count ? _pieces[row / _rowsPerPiece].AsSpan(row % _rowsPerPiece * _context, _context)
        : throw new ArgumentOutOfRangeException(nameof(row));

    /// <summary>Adds a row.</summary>
    internal void Add(ReadOnlySpan<ushort> tokens)
    {
        var at = Count % _rowsPerPiece * _context;
        if (at == 0)
        {
            _pieces.Add(new ushort[LeastRows * _context]);
        }

        var piece = _pieces[^1];
        if (at == piece.Length)
        {
            Array.Resize(ref piece, Math.Min(2 * piece.Length, _rowsPerPiece * _context));
            _pieces[^1] = piece;
        }

        tokens.CopyTo(piece.AsSpan(at, _context));
        Count++;
    }
}
