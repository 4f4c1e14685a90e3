namespace IGptMl.Hosting;

/// <summary>A batch of rows of tokens, and its results. It uses only managed memory, so that an undisposed cursor leaks no native memory.</summary>
internal sealed class TokenBatch
{
    private readonly BatchedMapping _mapping;
    private readonly ushort[] _tokens;
    private readonly int[] _slots;
    private readonly float[] _computed;
    private readonly float[] _missing;
    private int _complete;

    internal TokenBatch(BatchedMapping mapping, int capacity)
    {
        _mapping = mapping;
        _tokens = new ushort[capacity * mapping.ContextLength];
        _slots = new int[capacity];
        _computed = new float[capacity * mapping.Width];
        _missing = new float[mapping.Width];
        _missing.AsSpan().Fill(float.NaN);
    }

    internal int Count { get; private set; }

    internal bool IsFull => Count == _slots.Length;

    /// <summary>The values of a row; NaN if its tokens are missing.</summary>
    internal ReadOnlyMemory<float> this[int row] => _slots[row] < 0 ? _missing : _computed.AsMemory(_slots[row] * _mapping.Width, _mapping.Width);

    internal void Clear() => (Count, _complete) = (0, 0);

    /// <summary>Adds a row. A row with missing tokens is not computed.</summary>
    internal void Add(TokenReader read)
    {
        var context = _mapping.ContextLength;
        var complete = read(_tokens.AsSpan(_complete * context, context));
        _slots[Count++] = complete ? _complete++ : -1;
    }

    /// <summary>Computes all complete rows.</summary>
    internal void Compute()
    {
        if (_complete > 0)
        {
            _mapping.Compute(_tokens.AsSpan(0, _complete * _mapping.ContextLength), _complete, _computed.AsSpan(0, _complete * _mapping.Width));
        }
    }
}
