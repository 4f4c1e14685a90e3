using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The block for one width of registers.</summary>
/// <remarks>
/// libtorch writes every step's activations to memory and reads them again, and its matrix products reach two thirds of what these do on the processors
/// that were measured (the benchmark `network-parts` compares). The weights are packed anew at each call: a few per cent of the time of one image, and
/// no second copy to keep.
/// </remarks>
internal static unsafe class CpuBlock<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The rows that pass through the two matrices of the perceptron together: few enough for the second cache, enough to use a panel often.</summary>
    private const int RowBlock = 64;

    [ThreadStatic]
    private static AlignedFloats? _scratch;

    internal static Tensor Run(Tensor input, BlockWeights weights, int heads, bool causal)
    {
        var (rows, d) = ((int)(input.shape[0] * input.shape[1]), (int)input.shape[2]);
        var sizes = new[] { (d, 3 * d), (d, d), (d, 4 * d), (4 * d, d) };
        using var memory = empty(sizes.Sum(size => PackedMatrix<TLanes, TVector>.Size(size.Item1, size.Item2)));
        var matrices = new PackedMatrix<TLanes, TVector>[sizes.Length];
        var next = TensorMemory.Of(memory);
        for (var i = 0; i < sizes.Length; i++)
        {
            matrices[i] = new PackedMatrix<TLanes, TVector>(next, sizes[i].Item1, sizes[i].Item2);
            next += PackedMatrix<TLanes, TVector>.Size(sizes[i].Item1, sizes[i].Item2);
        }

        var (queriesKeysValues, outward, expand, contract) = (matrices[0], matrices[1], matrices[2], matrices[3]);
        Pack(queriesKeysValues, weights.QueriesKeysValues, weights.Gain1, 1);
        Pack(outward, weights.Output, gain: null, 1);
        Pack(expand, weights.Expand, weights.Gain2, (float)FeedForward.GeluFactor);
        Pack(contract, weights.Contract, gain: null, (float)(1 / FeedForward.GeluFactor));

        var blocks = (rows + RowBlock - 1) / RowBlock;
        using var projected = empty([input.shape[0], input.shape[1], 3 * d]);
        float* from = TensorMemory.Of(input), projections = TensorMemory.Of(projected);
        KernelThreads.Run(blocks, block =>
        {
            var first = block * RowBlock;
            var count = Math.Min(RowBlock, rows - first);
            var scaled = Scratch((long)RowBlock * 5 * d);
            Normalize(from + ((nint)first * d), scaled, count, d);
            queriesKeysValues.Multiply(scaled, d, projections + ((nint)first * 3 * d), 3 * d, count, 3 * d, accumulate: false);
        });

        using var attended = CpuAttention.Attend(projected, heads, causal);
        var output = empty_like(input);
        float* seen = TensorMemory.Of(attended), to = TensorMemory.Of(output);
        KernelThreads.Run(blocks, block =>
        {
            var first = block * RowBlock;
            var count = Math.Min(RowBlock, rows - first);
            float* scaled = Scratch((long)RowBlock * 5 * d), expanded = scaled + (RowBlock * d);
            var hidden = to + ((nint)first * d);
            new ReadOnlySpan<float>(from + ((nint)first * d), count * d).CopyTo(new Span<float>(hidden, count * d));
            outward.Multiply(seen + ((nint)first * d), d, hidden, d, count, d, accumulate: true);
            Normalize(hidden, scaled, count, d);
            expand.Multiply(scaled, d, expanded, 4 * d, count, 4 * d, accumulate: false);
            VectorKernel<TLanes, TVector>.Silu(expanded, count * 4 * d);
            contract.Multiply(expanded, 4 * d, hidden, d, count, d, accumulate: true);
        });
        return output;
    }

    private static void Pack(PackedMatrix<TLanes, TVector> packed, Tensor matrix, Tensor? gain, float factor)
    {
        float* numbers = TensorMemory.Of(matrix), gains = gain is null ? null : TensorMemory.Of(gain);
        KernelThreads.Run(packed.Panels, panel => packed.Fill(panel, numbers, gains, factor));
    }

    private static void Normalize(float* hidden, float* scaled, int rows, int size)
    {
        for (var i = 0; i < rows; i++)
        {
            VectorKernel<TLanes, TVector>.Normalize(hidden + ((nint)i * size), scaled + ((nint)i * size), size, size);
        }
    }

    private static float* Scratch(long count)
    {
        if (_scratch is null || _scratch.Count < count)
        {
            _scratch = new AlignedFloats(count);
        }

        return _scratch.Pointer;
    }
}
