using IGptMl.Kernels;
using IGptMl.Network;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>The blocks for one width of registers.</summary>
/// <remarks>
/// The weights are packed anew for each block and batch: a few per cent of the time of one image, and no second copy of a model to keep. Each number is
/// the same however the images are divided among threads.
/// </remarks>
internal sealed unsafe class VectorBlocks<TLanes, TVector> : CpuBlocks
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The positions that pass through the two matrices of the perceptron together: few enough for the second cache, enough to use a panel often.</summary>
    private const int RowBlock = 64;

    /// <summary>The most numbers, 256 MiB, that images which all threads work on together take between their hidden states, unless one image takes more.</summary>
    private const long SharedNumbers = 1 << 26;

    /// <summary>The positions whose sum is one part of a mean, so that the rounding of a long chain of additions does not add up.</summary>
    private const int MeanBlock = 32;

    private readonly Tensor _hidden;
    private readonly RentedFloats _panels;
    private readonly PackedMatrix<TLanes, TVector> _queriesKeysValues;
    private readonly PackedMatrix<TLanes, TVector> _output;
    private readonly PackedMatrix<TLanes, TVector> _expand;
    private readonly PackedMatrix<TLanes, TVector> _contract;
    private readonly int _images;
    private readonly int _positions;
    private readonly int _size;
    private readonly int _heads;
    private readonly bool _causal;

    internal VectorBlocks(Tensor hidden, int heads, bool causal)
    {
        (_hidden, _heads, _causal) = (hidden, heads, causal);
        (_images, _positions, _size) = ((int)hidden.shape[0], (int)hidden.shape[1], (int)hidden.shape[2]);
        var d = _size;
        _panels = new RentedFloats(Count(d, 3 * d) + Count(d, d) + Count(d, 4 * d) + Count(4 * d, d));
        var next = _panels.Pointer;
        _queriesKeysValues = Place(ref next, d, 3 * d);
        _output = Place(ref next, d, d);
        _expand = Place(ref next, d, 4 * d);
        _contract = Place(ref next, 4 * d, d);
    }

    /// <summary>The numbers of an image's hidden states.</summary>
    private nint Area => (nint)_positions * _size;

    private int RowBlocks => (_positions + RowBlock - 1) / RowBlock;

    private float* Hidden => TensorMemory.Of(_hidden);

    internal override void Run(BlockWeights weights)
    {
        Pack(
            new(_queriesKeysValues, weights.QueriesKeysValues, weights.Gain1, 1),
            new(_output, weights.Output, Gain: null, 1),
            new(_expand, weights.Expand, weights.Gain2, FeedForward.GeluFactor), // x · sigmoid(1.702 x) = silu(1.702 x) / 1.702
            new(_contract, weights.Contract, Gain: null, 1 / FeedForward.GeluFactor));

        // As many images as every thread gets the same number of are one thread's each, which waits for no other. The parts of the rest are divided.
        var whole = _images - (_images % KernelThreads.Count);
        var hidden = Hidden;
        KernelThreads.Run(whole, image =>
        {
            using var between = new RentedFloats(4 * Area);
            float* h = hidden + (image * Area), projected = between.Pointer, attended = projected + (3 * Area);
            for (var block = 0; block < RowBlocks; block++)
            {
                Project(h, projected, block);
            }

            for (var head = 0; head < _heads; head++)
            {
                Attend(projected, attended, head);
            }

            for (var block = 0; block < RowBlocks; block++)
            {
                Finish(attended, h, block);
            }
        });
        for (int first = whole, count; first < _images; first += count)
        {
            count = (int)Math.Clamp(SharedNumbers / (4 * Area), 1, _images - first);
            RunTogether(hidden + (first * Area), count);
        }
    }

    internal override Tensor MeanOfNormed()
    {
        var result = empty([_images, _size]);
        float* hidden = Hidden, means = TensorMemory.Of(result);
        KernelThreads.Run(_images, image =>
        {
            using var memory = new RentedFloats(2 * _size);
            float* normed = memory.Pointer, sum = normed + _size, mean = means + (image * _size);
            new Span<float>(mean, _size).Clear();
            for (var first = 0; first < _positions; first += MeanBlock)
            {
                new Span<float>(sum, _size).Clear();
                for (var i = first; i < Math.Min(_positions, first + MeanBlock); i++)
                {
                    VectorKernel<TLanes, TVector>.Normalize(hidden + (image * Area) + ((nint)i * _size), normed, _size, _size);
                    VectorKernel<TLanes, TVector>.Add(normed, sum, _size);
                }

                VectorKernel<TLanes, TVector>.Add(sum, mean, _size);
            }

            VectorKernel<TLanes, TVector>.Scale(mean, _size, 1f / _positions);
        });
        return result;
    }

    /// <inheritdoc/>
    public override void Dispose() => _panels.Dispose();

    /// <summary>Takes a few images through the block with all threads, which wait for each other before and after the attention.</summary>
    private void RunTogether(float* hidden, int images)
    {
        using var between = new RentedFloats(4 * Area * images);
        float* projected = between.Pointer, attended = projected + (3 * Area * images);
        KernelThreads.Run(images * RowBlocks, i => Project(hidden + (i / RowBlocks * Area), projected + (i / RowBlocks * 3 * Area), i % RowBlocks));
        KernelThreads.Run(images * _heads, i => Attend(projected + (i / _heads * 3 * Area), attended + (i / _heads * Area), i % _heads));
        KernelThreads.Run(images * RowBlocks, i => Finish(attended + (i / RowBlocks * Area), hidden + (i / RowBlocks * Area), i % RowBlocks));
    }

    /// <summary>Some positions' hidden states (T, d) → queries, keys and values of each head (3, H, T, d/H), where attention finds numbers that follow each other.</summary>
    private void Project(float* hidden, float* projected, int block)
    {
        var (first, rows) = Rows(block);
        using var scaled = new RentedFloats((long)rows * _size);
        Normalize(hidden + (first * _size), scaled.Pointer, rows);
        var size = _size / _heads;
        for (var panel = 0; panel < _queriesKeysValues.Panels; panel++)
        {
            var column = panel * PackedMatrix<TLanes, TVector>.PanelWidth;
            var head = projected + (((column / size * (nint)_positions) + first) * size);
            _queriesKeysValues.Multiply(panel, scaled.Pointer, _size, head + (column % size), size, rows, accumulate: false);
        }
    }

    /// <summary>A head's queries, keys and values → its part of the attended values (T, d).</summary>
    private void Attend(float* projected, float* attended, int head)
    {
        var size = _size / _heads;
        var queries = projected + ((nint)head * _positions * size);
        AttentionKernel<TLanes, TVector>.Forward(queries, queries + Area, queries + (2 * Area), size, attended + (head * size), _size, logSums: null, _positions, size, _causal);
    }

    /// <summary>All that follows the attention, for some positions: attended values (T, d), and hidden states (T, d) that change in place.</summary>
    private void Finish(float* attended, float* hidden, int block)
    {
        var (d, (first, rows)) = (_size, Rows(block));
        using var memory = new RentedFloats((long)rows * 5 * d);
        float* scaled = memory.Pointer, expanded = scaled + (rows * d), h = hidden + (first * d);
        _output.Multiply(attended + (first * d), d, h, d, rows, d, accumulate: true);
        Normalize(h, scaled, rows);
        _expand.Multiply(scaled, d, expanded, 4 * d, rows, 4 * d, accumulate: false);
        VectorKernel<TLanes, TVector>.Silu(expanded, rows * 4 * d);
        _contract.Multiply(expanded, 4 * d, h, d, rows, d, accumulate: true);
    }

    private (nint First, int Rows) Rows(int block)
    {
        var first = block * RowBlock;
        return (first, Math.Min(RowBlock, _positions - first));
    }

    private void Normalize(float* hidden, float* scaled, int rows)
    {
        for (nint i = 0; i < rows; i++)
        {
            VectorKernel<TLanes, TVector>.Normalize(hidden + (i * _size), scaled + (i * _size), _size, _size);
        }
    }

    private static long Count(int inputs, int outputs) => PackedMatrix<TLanes, TVector>.Size(inputs, outputs);

    private static PackedMatrix<TLanes, TVector> Place(ref float* memory, int inputs, int outputs)
    {
        var matrix = new PackedMatrix<TLanes, TVector>(memory, inputs, outputs);
        memory += Count(inputs, outputs);
        return matrix;
    }

    private static void Pack(params Source[] sources)
    {
        var panels = sources.SelectMany(source => Enumerable.Range(0, source.To.Panels).Select(panel => (source, panel))).ToList();
        KernelThreads.Run(panels.Count, i =>
        {
            var (source, panel) = panels[i];
            source.To.Fill(panel, TensorMemory.Of(source.Matrix), source.Gain is null ? null : TensorMemory.Of(source.Gain), (float)source.Factor);
        });
    }

    /// <summary>What a packed matrix is filled from.</summary>
    private sealed record Source(PackedMatrix<TLanes, TVector> To, Tensor Matrix, Tensor? Gain, double Factor);
}
