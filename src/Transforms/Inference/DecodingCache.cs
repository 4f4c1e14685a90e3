using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>The keys and values of all positions read so far, for every block, and attention over them.</summary>
/// <remarks>
/// Keys are stored transposed, one row per component, so that one register computes the scores of many positions. A value's components are contiguous.
/// </remarks>
internal sealed unsafe class DecodingCache<TLanes, TVector> : IDisposable
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly PackedShape<TLanes, TVector> _shape;
    private readonly FloatBuffer[] _keys;
    private readonly FloatBuffer[] _values;

    internal DecodingCache(PackedShape<TLanes, TVector> shape, int layers, int sequences)
    {
        _shape = shape;
        KeyLength = AttentionKernel<TLanes, TVector>.Padded(shape.Positions);
        var heads = (long)sequences * shape.Heads;
        _keys = [.. Enumerable.Range(0, layers).Select(_ => FloatBuffer.Allocate(heads * shape.HeadWidth * KeyLength))];
        _values = [.. Enumerable.Range(0, layers).Select(_ => FloatBuffer.Allocate(heads * shape.HeadWidth * shape.Positions))];
    }

    /// <summary>The length of a row of transposed keys.</summary>
    internal int KeyLength { get; }

    /// <summary>The number of scratch floats that <see cref="Attend"/> needs.</summary>
    internal int ScratchLength => AttentionKernel<TLanes, TVector>.ScratchLength(KeyLength);

    /// <summary>Stores the keys and values of a position, given its row of queries, keys and values.</summary>
    internal void Store(int layer, int sequence, int position, float* projected)
    {
        float* key = projected + _shape.AttendedWidth, value = key + _shape.AttendedWidth;
        for (var head = 0; head < _shape.Heads; head++)
        {
            var keys = Keys(layer, sequence, head) + position;
            var values = Values(layer, sequence, head) + ((nint)position * _shape.HeadWidth);
            for (var i = 0; i < _shape.HeadWidth; i++)
            {
                keys[(nint)i * KeyLength] = key[i];
                values[i] = value[i];
            }

            key += _shape.HeadWidth;
            value += _shape.HeadWidth;
        }
    }

    /// <summary>The attention of one head for consecutive positions of a sequence, whose keys and values must be stored already.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="head">The head.</param>
    /// <param name="first">The first position.</param>
    /// <param name="rows">The number of positions.</param>
    /// <param name="projected">The first position's row of queries, keys and values; the rows are contiguous.</param>
    /// <param name="attended">The first position's row of attended values; the rows are contiguous.</param>
    /// <param name="scratch">A buffer of <see cref="ScratchLength"/> floats.</param>
    internal void Attend(int layer, int sequence, int head, int first, int rows, float* projected, float* attended, float* scratch)
    {
        var offset = head * _shape.HeadWidth;
        AttentionKernel<TLanes, TVector>.Attend(
            projected + offset,
            3 * _shape.AttendedWidth,
            Keys(layer, sequence, head),
            KeyLength,
            Values(layer, sequence, head),
            attended + offset,
            _shape.AttendedWidth,
            logSums: null,
            first,
            rows,
            seen: first + rows,
            _shape.HeadWidth,
            _shape.ScoreScale,
            causal: true,
            scratch);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _keys.Concat(_values))
        {
            buffer.Dispose();
        }
    }

    private float* Keys(int layer, int sequence, int head) => _keys[layer].Pointer + ((((nint)sequence * _shape.Heads) + head) * _shape.HeadWidth * KeyLength);

    private float* Values(int layer, int sequence, int head)
        => _values[layer].Pointer + ((((nint)sequence * _shape.Heads) + head) * _shape.Positions * _shape.HeadWidth);
}
