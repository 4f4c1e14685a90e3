using System.Numerics.Tensors;
using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>Continues sequences with kernels on the CPU. It avoids libtorch, whose call overhead exceeds the arithmetic of a small model.</summary>
/// <remarks>
/// The results of a sequence are bitwise independent of the other sequences of the batch. A decoder of a small model uses one thread, and several decoders run
/// in parallel. The decoder of a large model divides every matrix product among all threads.
/// </remarks>
internal sealed unsafe class KernelDecoder<TLanes, TVector> : IDecoder
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly PackedWeights<TLanes, TVector> _weights;
    private readonly PackedShape<TLanes, TVector> _shape;
    private readonly PackedBlock<TLanes, TVector>[] _blocks;
    private readonly PackedMatrix<TLanes, TVector> _head;
    private readonly DecodingCache<TLanes, TVector> _cache;
    private readonly bool _together;

    private readonly FloatBuffer _hidden;
    private readonly FloatBuffer _scaled;
    private readonly FloatBuffer _projected;
    private readonly FloatBuffer _attended;
    private readonly FloatBuffer _expanded;
    private readonly FloatBuffer _logits;
    private readonly FloatBuffer _scores;

    /// <param name="weights">The weights.</param>
    /// <param name="capacity">The maximum number of sequences.</param>
    /// <param name="together">Whether all threads share each product, or the calling thread computes it alone.</param>
    internal KernelDecoder(PackedWeights<TLanes, TVector> weights, int capacity, bool together)
    {
        _weights = weights;
        _shape = weights.Shape;
        _blocks = [.. Enumerable.Range(0, weights.Config.Layers).Select(weights.Block)];
        _head = weights.Head;
        _together = together;
        Capacity = capacity;
        _cache = new DecodingCache<TLanes, TVector>(_shape, _blocks.Length, capacity);
        long rows = Math.Max(capacity, ReadRows);
        _hidden = FloatBuffer.Allocate(rows * _shape.Width);
        _scaled = FloatBuffer.Allocate(rows * _shape.Width);
        _projected = FloatBuffer.Allocate(rows * 3 * _shape.AttendedWidth);
        _attended = FloatBuffer.Allocate(rows * _shape.AttendedWidth);
        _expanded = FloatBuffer.Allocate(rows * _shape.ExpandedWidth);
        _logits = FloatBuffer.Allocate((long)capacity * _head.Width);
        _scores = FloatBuffer.Allocate(_cache.ScratchLength);
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <summary>The number of positions of a sequence that are read at once if they are not predicted.</summary>
    private static int ReadRows => AttentionKernel<TLanes, TVector>.MaxQueries;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<ushort> tokens, int rows, int from, int to)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var first = from; first < to; first += ReadRows)
            {
                var count = Math.Min(ReadRows, to - first);
                for (var i = 0; i < count; i++)
                {
                    Embed(tokens.Slice(row * _shape.Positions, _shape.Positions), first + i, i);
                }

                for (var l = 0; l < _blocks.Length; l++)
                {
                    Project(l, count);
                    for (var i = 0; i < count; i++)
                    {
                        Store(l, row, first + i, i);
                    }

                    if (_together)
                    {
                        AttendTogether(l, _shape.Heads, row, first, count);
                    }
                    else
                    {
                        for (var head = 0; head < _shape.Heads; head++)
                        {
                            Attend(l, row, head, first, count, 0, _scores.Pointer);
                        }
                    }

                    Finish(l, count);
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<ushort> tokens, int rows, int position, Span<float> logits)
    {
        for (var row = 0; row < rows; row++)
        {
            Embed(tokens.Slice(row * _shape.Positions, _shape.Positions), position, row);
        }

        for (var l = 0; l < _blocks.Length; l++)
        {
            Project(l, rows);
            for (var row = 0; row < rows; row++)
            {
                Store(l, row, position, row);
            }

            if (_together)
            {
                PredictTogether(l, rows, position);
            }
            else
            {
                for (var i = 0; i < rows * _shape.Heads; i++)
                {
                    Attend(l, i / _shape.Heads, i % _shape.Heads, position, 1, i / _shape.Heads, _scores.Pointer);
                }
            }

            Finish(l, rows);
        }

        PackedBlock<TLanes, TVector>.Normalize(_shape, _hidden.Pointer, _scaled.Pointer, rows);
        MultiplyHead(rows);
        var colors = _weights.Config.Colors;
        for (var row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(_logits.Pointer + ((nint)row * _head.Width), colors).CopyTo(logits[(row * colors)..]);
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        foreach (var buffer in (FloatBuffer[])[_hidden, _scaled, _projected, _attended, _expanded, _logits, _scores])
        {
            buffer.Dispose();
        }
    }

    private void Embed(ReadOnlySpan<ushort> sequence, int position, int row)
    {
        var d = _shape.EmbeddingSize;
        var id = position == 0 ? _weights.Config.Colors : sequence[position - 1];
        var hidden = new Span<float>(_hidden.Pointer + ((nint)row * _shape.Width), _shape.Width);
        TensorPrimitives.Add(_weights.Tokens.AsSpan(id * d, d), _weights.Positions.AsSpan(position * d, d), hidden);
        hidden[d..].Clear();
    }

    private void Project(int layer, int rows)
        => _blocks[layer].Project(_hidden.Pointer, rows, _scaled.Pointer, _projected.Pointer, _shape.HeadWidth, 3 * _shape.AttendedWidth, _together);

    private void Store(int layer, int sequence, int position, int row)
        => _cache.Store(layer, sequence, position, _projected.Pointer + ((nint)row * 3 * _shape.AttendedWidth));

    private void Attend(int layer, int sequence, int head, int first, int count, int row, float* scratch)
    {
        var (projected, attended) = ((nint)row * 3 * _shape.AttendedWidth, (nint)row * _shape.AttendedWidth);
        _cache.Attend(layer, sequence, head, first, count, _projected.Pointer + projected, _attended.Pointer + attended, scratch);
    }

    private void Finish(int layer, int rows) => _blocks[layer].AddTo(_attended.Pointer, _hidden.Pointer, rows, _scaled.Pointer, _expanded.Pointer, _together);

    private void AttendTogether(int layer, int heads, int sequence, int first, int count) => KernelThreads.Run(heads, head =>
    {
        using var scratch = FloatBuffer.Rent(_cache.ScratchLength);
        Attend(layer, sequence, head, first, count, 0, scratch.Pointer);
    });

    private void PredictTogether(int layer, int rows, int position) => KernelThreads.Run(rows * _shape.Heads, i =>
    {
        using var scratch = FloatBuffer.Rent(_cache.ScratchLength);
        Attend(layer, i / _shape.Heads, i % _shape.Heads, position, 1, i / _shape.Heads, scratch.Pointer);
    });

    private void MultiplyHead(int rows)
    {
        if (_together)
        {
            MultiplyHeadTogether(rows);
        }
        else
        {
            _head.Multiply(_scaled.Pointer, _shape.Width, _logits.Pointer, _head.Width, rows, _head.Width, accumulate: false);
        }
    }

    private void MultiplyHeadTogether(int rows) => KernelThreads.Run(_head.Panels, panel =>
    {
        var columns = _logits.Pointer + (panel * PackedMatrix<TLanes, TVector>.PanelWidth);
        _head.Multiply(panel, _scaled.Pointer, _shape.Width, columns, _head.Width, rows, accumulate: false);
    });
}
