using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>Continues sequences on one thread of the CPU, without libtorch, whose calls cost more than the arithmetic of a small model.</summary>
/// <remarks>
/// The numbers of a sequence do not depend on the others in the batch, bit for bit: every sum is one chain of additions in a fixed order. Several
/// threads continue a batch with a decoder each, and never wait for each other.
/// </remarks>
internal sealed unsafe class CpuDecoder<TLanes, TVector> : IDecoder
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The positions of a sequence that are read together where no prediction is asked for.</summary>
    private const int ReadBlock = 32;

    private readonly DecodingWeights<TLanes, TVector> _weights;
    private readonly ImageGptConfig _config;
    private readonly DecodingCache<TLanes, TVector> _cache;

    // Rows of activations: (rows, width), where the width is the number of values up to whole panels, and what is beyond them is zero.
    private readonly int _width;
    private readonly AlignedFloats _hidden;
    private readonly AlignedFloats _scaled;
    private readonly AlignedFloats _projected;
    private readonly AlignedFloats _attended;
    private readonly AlignedFloats _expanded;
    private readonly AlignedFloats _logits;
    private readonly AlignedFloats _scores;

    internal CpuDecoder(DecodingWeights<TLanes, TVector> weights, int capacity)
    {
        _weights = weights;
        _config = weights.Config;
        Capacity = capacity;
        _cache = new DecodingCache<TLanes, TVector>(_config, capacity);
        _width = PackedMatrix<TLanes, TVector>.Padded(_config.EmbeddingSize);
        long rows = Math.Max(capacity, ReadBlock);
        _hidden = new AlignedFloats(rows * _width);
        _scaled = new AlignedFloats(rows * _width);
        _projected = new AlignedFloats(rows * weights.Layers[0].QueriesKeysValues.Width);
        _attended = new AlignedFloats(rows * _width);
        _expanded = new AlignedFloats(rows * weights.Layers[0].Expand.Width);
        _logits = new AlignedFloats((long)capacity * weights.Head.Width);
        _scores = new AlignedFloats(_cache.Length + _cache.HeadWidth);
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<ushort> tokens, int rows, int from, int to)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var first = from; first < to; first += ReadBlock)
            {
                var count = Math.Min(ReadBlock, to - first);
                for (var i = 0; i < count; i++)
                {
                    Embed(tokens.Slice(row * _config.ContextLength, _config.ContextLength), first + i, i);
                }

                Run(count, (row, 0), (first, 1));
            }
        }
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<ushort> tokens, int rows, int position, Span<float> logits)
    {
        for (var row = 0; row < rows; row++)
        {
            Embed(tokens.Slice(row * _config.ContextLength, _config.ContextLength), position, row);
        }

        Run(rows, (0, 1), (position, 0));
        Normalize(rows);
        var width = _weights.Head.Width;
        _weights.Head.Multiply(_scaled.Pointer, _width, _logits.Pointer, width, rows, width, accumulate: false);
        for (var row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(_logits.Pointer + (row * width), _config.Colors).CopyTo(logits[(row * _config.Colors)..]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Managed memory only.
    }

    private void Embed(ReadOnlySpan<ushort> sequence, int position, int row)
    {
        var d = _config.EmbeddingSize;
        var id = position == 0 ? _config.Colors : sequence[position - 1];
        var token = _weights.Tokens.AsSpan(id * d, d);
        var place = _weights.Positions.AsSpan(position * d, d);
        var hidden = _hidden.Pointer + (row * _width);
        for (var i = 0; i < d; i++)
        {
            hidden[i] = token[i] + place[i];
        }
    }

    /// <summary>All blocks, for rows of which each is a position of a sequence: the first row's, and what is added from row to row.</summary>
    private void Run(int rows, (int First, int Step) sequence, (int First, int Step) position)
    {
        float* hidden = _hidden.Pointer, scaled = _scaled.Pointer, projected = _projected.Pointer, attended = _attended.Pointer, expanded = _expanded.Pointer;
        for (var l = 0; l < _weights.Layers.Length; l++)
        {
            var layer = _weights.Layers[l];
            int width = layer.QueriesKeysValues.Width, wide = layer.Expand.Width;
            Normalize(rows);
            layer.QueriesKeysValues.Multiply(scaled, _width, projected, width, rows, width, accumulate: false);
            for (var i = 0; i < rows; i++)
            {
                _cache.Store(l, sequence.First + (i * sequence.Step), position.First + (i * position.Step), projected + ((nint)i * width));
            }

            for (var i = 0; i < rows; i++)
            {
                _cache.Attend(l, sequence.First + (i * sequence.Step), position.First + (i * position.Step), projected + ((nint)i * width), attended + (i * _width), _scores.Pointer);
            }

            layer.Output.Multiply(attended, _width, hidden, _width, rows, _width, accumulate: true);
            Normalize(rows);
            layer.Expand.Multiply(scaled, _width, expanded, wide, rows, wide, accumulate: false);
            VectorKernel<TLanes, TVector>.Silu(expanded, rows * wide);
            layer.Contract.Multiply(expanded, wide, hidden, _width, rows, _width, accumulate: true);
        }
    }

    /// <summary>The norm of the hidden states, row by row.</summary>
    private void Normalize(int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            VectorKernel<TLanes, TVector>.Normalize(_hidden.Pointer + (row * _width), _scaled.Pointer + (row * _width), _width, _config.EmbeddingSize);
        }
    }
}
