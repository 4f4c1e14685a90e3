using System.Runtime.CompilerServices;

namespace IGptMl.Kernels;

/// <summary>Attention of one head of one image, forward and backward, in blocks of queries whose scores stay in the processor's cache.</summary>
/// <remarks>
/// The full score matrix is never stored. The forward pass keeps the log-sum-exp of each query's scores, from which the backward pass recomputes them (Dao et
/// al. 2022, "FlashAttention", section 3). Causal attention skips the keys after the block's last query. In an image's projections, a head occupies a few
/// elements of each long row. Rows at such strides compete for the same cache sets, so rows that are accessed repeatedly are first copied to contiguous buffers
/// and processed in tiles that stay in the cache.
/// </remarks>
internal static unsafe class AttentionKernel<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int QueryBlock = 32, KeyBlock = 128;

    /// <summary>The number of scratch elements that <see cref="Attend"/> needs for scores and sums.</summary>
    /// <param name="width">The length of a row of transposed keys.</param>
    internal static int ScratchLength(int width) => QueryBlock * (width + 1);

    /// <summary>The maximum number of queries per call of <see cref="Attend"/>.</summary>
    internal static int MaxQueries => QueryBlock;

    /// <summary>
    /// The forward pass: computes the attended values and, unless <paramref name="logSums"/> is null, the log-sum-exp of each query's scores.
    /// </summary>
    /// <param name="queries">(positions, size).</param>
    /// <param name="keys">(positions, size).</param>
    /// <param name="values">(positions, size).</param>
    /// <param name="stride">The row stride of queries, keys and values, in elements.</param>
    /// <param name="output">Receives the attended values, (positions, size).</param>
    /// <param name="outputStride">The row stride of <paramref name="output"/>, in elements.</param>
    /// <param name="logSums">Receives the log-sum-exp of each query's scores, (positions); may be null.</param>
    /// <param name="positions">The number of positions.</param>
    /// <param name="size">The head size, a multiple of the register width.</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <param name="causal">Whether a position attends only to itself and to the positions before it.</param>
    internal static void Forward(float* queries, float* keys, float* values, nint stride, float* output, nint outputStride, float* logSums, int positions,
        int size, float scale, bool causal)
    {
        KernelAssert.IsMultiple(size, TLanes.Count);
        KernelAssert.IsAtLeast(stride, size);
        KernelAssert.IsAtLeast(outputStride, size);
        KernelAssert.AreApart(output, KernelAssert.Extent(positions, outputStride, size), queries, KernelAssert.Extent(positions, stride, size));
        var width = Padded(positions);
        using var memory = FloatBuffer.Rent(((long)size * width) + ScratchLength(width) + ((positions + (2 * QueryBlock)) * (long)size));
        float* keysTransposed = memory.Pointer, scratch = keysTransposed + ((nint)size * width), nearValues = scratch + ScratchLength(width);
        float* nearQueries = nearValues + ((nint)positions * size), nearOutput = nearQueries + (QueryBlock * size);
        BlockCopy<TLanes, TVector>.Transpose(keys, stride, keysTransposed, width, positions, size);
        if (stride == size)
        {
            nearValues = values;
        }
        else
        {
            BlockCopy<TLanes, TVector>.Copy(values, stride, nearValues, size, positions, size);
        }

        for (var first = 0; first < positions; first += QueryBlock)
        {
            var rows = Math.Min(QueryBlock, positions - first);
            if (stride == size)
            {
                nearQueries = queries + ((nint)first * size);
            }
            else
            {
                BlockCopy<TLanes, TVector>.Copy(queries + (first * stride), stride, nearQueries, size, rows, size);
            }

            var sums = logSums is null ? null : logSums + first;
            Attend(nearQueries, size, keysTransposed, width, nearValues, nearOutput, size, sums, first, rows, causal ? first + rows : positions, size, scale,
                causal, scratch);
            BlockCopy<TLanes, TVector>.Copy(nearOutput, size, output + (first * outputStride), outputStride, rows, size);
        }
    }

    /// <summary>Attention of a block of consecutive queries over all keys that they attend to.</summary>
    /// <param name="queries">(rows, size).</param>
    /// <param name="queryStride">The row stride of <paramref name="queries"/>, in elements.</param>
    /// <param name="keysTransposed">(size, width), one row per component; the elements after the first <paramref name="seen"/> of a row are finite.</param>
    /// <param name="width">The row length of <paramref name="keysTransposed"/>, as returned by <see cref="Padded"/>.</param>
    /// <param name="values">(seen, size), contiguous rows.</param>
    /// <param name="output">Receives (rows, size).</param>
    /// <param name="outputStride">The row stride of <paramref name="output"/>, in elements.</param>
    /// <param name="logSums">Receives the log-sum-exp of each query's scores, (rows); may be null.</param>
    /// <param name="first">The position of the first query.</param>
    /// <param name="rows">The number of queries, at most <see cref="MaxQueries"/>.</param>
    /// <param name="seen">The number of keys that at least one of the queries attends to.</param>
    /// <param name="size">The head size, a multiple of the register width.</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <param name="causal">Whether a query attends only to its own position and to the positions before it.</param>
    /// <param name="scratch">A buffer of <see cref="ScratchLength"/> elements.</param>
    internal static void Attend(
            float* queries, nint queryStride, float* keysTransposed, int width, float* values, float* output, nint outputStride, float* logSums, int first,
        int rows, int seen, int size, float scale, bool causal, float* scratch)
    {
        KernelAssert.IsMultiple(size, TLanes.Count);
        KernelAssert.IsAtLeast(QueryBlock, rows);
        KernelAssert.IsAtLeast(seen, causal ? first + rows : 1);
        KernelAssert.IsAtLeast(width, VectorKernel<TLanes, TVector>.Rounded(seen));
        KernelAssert.AreApart(output, KernelAssert.Extent(rows, outputStride, size), values, (long)seen * size);
        float* scores = scratch, sums = scratch + (QueryBlock * width);
        var rounded = VectorKernel<TLanes, TVector>.Rounded(seen);
        SmallProduct<TLanes, TVector>.Run(queries, queryStride, 1, keysTransposed, width, scores, width, rows, rounded, size, accumulate: false);
        for (var i = 0; i < rows; i++)
        {
            var own = causal ? first + i + 1 : seen;
            var row = scores + (i * width);
            new Span<float>(row + own, rounded - own).Fill(float.NegativeInfinity);
            var max = VectorKernel<TLanes, TVector>.Max(row, VectorKernel<TLanes, TVector>.Rounded(own));
            sums[i] = VectorKernel<TLanes, TVector>.Exponentials(row, VectorKernel<TLanes, TVector>.Rounded(own), scale, -max * scale);
            new Span<float>(row + own, rounded - own).Clear();
            if (logSums is not null)
            {
                logSums[i] = (max * scale) + MathF.Log(sums[i]);
            }
        }

        for (var key = 0; key < seen; key += KeyBlock)
        {
            SmallProduct<TLanes, TVector>.Run(scores + key, width, 1, values + ((nint)key * size), size, output, outputStride, rows, size,
                Math.Min(KeyBlock, seen - key), accumulate: key > 0);
        }

        for (var i = 0; i < rows; i++)
        {
            VectorKernel<TLanes, TVector>.Scale(output + (i * outputStride), size, 1 / sums[i]);
        }
    }

    /// <summary>The backward pass: computes the gradients of queries, keys and values, which have their row stride, from the gradient of the output.</summary>
    internal static void Backward(float* queries, float* keys, float* values, nint stride, float* output, float* outputGradient, nint outputStride,
        float* logSums, float* queryGradient, float* keyGradient, float* valueGradient, int positions, int size, float scale, bool causal)
    {
        KernelAssert.IsMultiple(size, TLanes.Count);
        KernelAssert.IsAtLeast(stride, size);
        KernelAssert.IsAtLeast(outputStride, size);
        KernelAssert.AreApart(queryGradient, KernelAssert.Extent(positions, stride, size), queries, KernelAssert.Extent(positions, stride, size));
        int width = Padded(positions), area = positions * size, block = QueryBlock * size;
        using var memory = FloatBuffer.Rent((2L * size * width) + (2 * QueryBlock * KeyBlock) + (3L * area) + (2 * block));
        float* keysTransposed = memory.Pointer, valuesTransposed = keysTransposed + (size * width);
        float* probabilities = valuesTransposed + (size * width), scoreGradient = probabilities + (QueryBlock * KeyBlock);
        float* nearKeys = scoreGradient + (QueryBlock * KeyBlock), keySums = nearKeys + area, valueSums = keySums + area;
        float* nearQueries = valueSums + area, nearGradient = nearQueries + block;
        BlockCopy<TLanes, TVector>.Transpose(keys, stride, keysTransposed, width, positions, size);
        BlockCopy<TLanes, TVector>.Transpose(values, stride, valuesTransposed, width, positions, size);
        BlockCopy<TLanes, TVector>.Copy(keys, stride, nearKeys, size, positions, size);
        new Span<float>(keySums, 2 * area).Clear();

        var means = stackalloc float[QueryBlock];
        for (var first = 0; first < positions; first += QueryBlock)
        {
            var rows = Math.Min(QueryBlock, positions - first);
            var seen = causal ? first + rows : positions;
            BlockCopy<TLanes, TVector>.Copy(queries + (first * stride), stride, nearQueries, size, rows, size);
            BlockCopy<TLanes, TVector>.Copy(outputGradient + (first * outputStride), outputStride, nearGradient, size, rows, size);
            for (var i = 0; i < rows; i++)
            {
                means[i] = VectorKernel<TLanes, TVector>.Dot(nearGradient + (i * size), output + ((first + i) * outputStride), size);
            }

            for (var key = 0; key < seen; key += KeyBlock)
            {
                var count = Math.Min(KeyBlock, seen - key);
                SmallProduct<TLanes, TVector>.Run(nearQueries, size, 1, keysTransposed + key, width, probabilities, KeyBlock, rows,
                    VectorKernel<TLanes, TVector>.Rounded(count), size, accumulate: false);
                SmallProduct<TLanes, TVector>.Run(nearGradient, size, 1, valuesTransposed + key, width, scoreGradient, KeyBlock, rows,
                    VectorKernel<TLanes, TVector>.Rounded(count), size, accumulate: false);
                for (var i = 0; i < rows; i++)
                {
                    var own = causal ? Math.Clamp(first + i + 1 - key, 0, count) : count;
                    float* p = probabilities + (i * KeyBlock), g = scoreGradient + (i * KeyBlock);
                    Gradients(p, g, VectorKernel<TLanes, TVector>.Rounded(own), scale, -logSums[first + i], means[i]);
                    new Span<float>(p + own, VectorKernel<TLanes, TVector>.Rounded(count) - own).Clear();
                    new Span<float>(g + own, VectorKernel<TLanes, TVector>.Rounded(count) - own).Clear();
                }

                SmallProduct<TLanes, TVector>.Run(scoreGradient, KeyBlock, 1, nearKeys + (key * size), size, queryGradient + (first * stride), stride, rows,
                    size, count, accumulate: key > 0);
                SmallProduct<TLanes, TVector>.Run(scoreGradient, 1, KeyBlock, nearQueries, size, keySums + (key * size), size, count, size, rows,
                    accumulate: true);
                SmallProduct<TLanes, TVector>.Run(probabilities, 1, KeyBlock, nearGradient, size, valueSums + (key * size), size, count, size, rows,
                    accumulate: true);
            }
        }

        BlockCopy<TLanes, TVector>.Copy(keySums, size, keyGradient, stride, positions, size);
        BlockCopy<TLanes, TVector>.Copy(valueSums, size, valueGradient, stride, positions, size);
    }

    /// <summary>The row length of scores: rounded up to whole registers, plus one register so that consecutive rows map to different cache sets.</summary>
    internal static int Padded(int positions) => VectorKernel<TLanes, TVector>.Rounded(positions) + TLanes.Count;

    /// <summary>In place: s ← p = exp(scale · s + shift), and the gradient g of p becomes the gradient of s, scale · p · (g - mean).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradients(float* scores, float* gradients, int count, float scale, float shift, float mean)
    {
        var (factor, offset, center) = (TLanes.Broadcast(scale), TLanes.Broadcast(shift), TLanes.Broadcast(mean));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var p = Exponential.Of<TLanes, TVector>(TLanes.MultiplyAdd(TLanes.Load(scores + i), factor, offset));
            TLanes.Store(p, scores + i);
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(p, factor), TLanes.Subtract(TLanes.Load(gradients + i), center)), gradients + i);
        }
    }
}
