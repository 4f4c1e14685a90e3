using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>The keys and values of all positions that sequences have read, and the attention to them.</summary>
/// <remarks>Keys lie transposed, one row a component, so that the scores of many positions come out of one register; a value's components lie side by side.</remarks>
internal sealed unsafe class DecodingCache<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly AlignedFloats[] _keys;
    private readonly AlignedFloats[] _values;
    private readonly int _heads;
    private readonly int _size;
    private readonly int _context;

    internal DecodingCache(ImageGptConfig config, int sequences)
    {
        _heads = config.Heads;
        _size = config.EmbeddingSize / config.Heads;
        _context = config.ContextLength;
        Length = AttentionKernel<TLanes, TVector>.Padded(_context);
        HeadWidth = VectorKernel<TLanes, TVector>.Rounded(_size);
        var perLayer = (long)sequences * _heads;
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => new AlignedFloats(perLayer * _size * Length))];
        _values = [.. Enumerable.Range(0, config.Layers).Select(_ => new AlignedFloats(perLayer * _context * HeadWidth))];
    }

    /// <summary>The positions of a row of keys, and of a row of scores.</summary>
    internal int Length { get; }

    /// <summary>The components of a value, up to whole registers.</summary>
    internal int HeadWidth { get; }

    /// <summary>Keeps the keys and values of a position, from its row of queries, keys and values.</summary>
    internal void Store(int layer, int sequence, int position, float* projected)
    {
        var d = _heads * _size;
        for (var h = 0; h < _heads; h++)
        {
            float* key = projected + d + (h * _size), value = key + d;
            var keys = Keys(layer, sequence, h) + position;
            var values = Values(layer, sequence, h) + ((nint)position * HeadWidth);
            for (var i = 0; i < _size; i++)
            {
                keys[(nint)i * Length] = key[i];
                values[i] = value[i];
            }
        }
    }

    /// <summary>The mean of the values up to the position, weighted by the softmax of the scores of the row's queries.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="position">The position of the row, whose keys and values have been stored.</param>
    /// <param name="queries">The row of queries, (d).</param>
    /// <param name="output">Receives (d) values.</param>
    /// <param name="scratch">Memory for <see cref="Length"/> + <see cref="HeadWidth"/> values.</param>
    internal void Attend(int layer, int sequence, int position, float* queries, float* output, float* scratch)
    {
        var seen = position + 1;
        var rounded = VectorKernel<TLanes, TVector>.Rounded(seen);
        var scale = 1 / MathF.Sqrt(_size);
        float* scores = scratch, mean = scratch + Length;
        for (var h = 0; h < _heads; h++)
        {
            SmallProduct<TLanes, TVector>.Run(queries + (h * _size), 0, 1, Keys(layer, sequence, h), Length, scores, Length, 1, rounded, _size, accumulate: false);
            new Span<float>(scores + seen, rounded - seen).Fill(float.NegativeInfinity);
            var max = VectorKernel<TLanes, TVector>.Max(scores, rounded);
            var sum = VectorKernel<TLanes, TVector>.Exponentials(scores, rounded, scale, -max * scale);
            SmallProduct<TLanes, TVector>.Run(scores, 0, 1, Values(layer, sequence, h), HeadWidth, mean, HeadWidth, 1, HeadWidth, seen, accumulate: false);
            VectorKernel<TLanes, TVector>.Scale(mean, HeadWidth, 1 / sum);
            new ReadOnlySpan<float>(mean, _size).CopyTo(new Span<float>(output + (h * _size), _size));
        }
    }

    private float* Keys(int layer, int sequence, int head) => _keys[layer].Pointer + ((((nint)sequence * _heads) + head) * _size * Length);

    private float* Values(int layer, int sequence, int head) => _values[layer].Pointer + ((((nint)sequence * _heads) + head) * _context * HeadWidth);
}
