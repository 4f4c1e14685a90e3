namespace IGptMl.Network;

/// <summary>Attention of one head of one image, forwards and backwards, in blocks of queries whose scores stay in the processor's cache.</summary>
/// <remarks>
/// Scores are never written to memory: the forward pass keeps the logarithm of each query's sum of exponentials, from which the backward pass
/// computes them again (Dao et al. 2022, "FlashAttention", section 3). Where a position sees only those before it, no score behind the block's last
/// query is computed.
/// </remarks>
internal static unsafe class AttentionKernel<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int QueryBlock = 32;

    [ThreadStatic]
    private static float[]? _scratch;

    /// <summary>
    /// Queries, keys and values with rows of <paramref name="stride"/> → the attended values, with rows of <paramref name="outputStride"/>, and the
    /// logarithm of each query's sum of exponentials.
    /// </summary>
    internal static void Forward(float* queries, float* keys, float* values, nint stride, float* output, nint outputStride, float* logSums, int positions, int size, bool causal)
    {
        var width = Padded(positions);
        fixed (float* scratch = Scratch((size + QueryBlock) * width))
        {
            float* keysTransposed = scratch, scores = keysTransposed + (size * width);
            Transpose(keys, stride, keysTransposed, width, positions, size);
            var scale = 1 / MathF.Sqrt(size);
            var sums = stackalloc float[QueryBlock];
            for (var first = 0; first < positions; first += QueryBlock)
            {
                var rows = Math.Min(QueryBlock, positions - first);
                var seen = causal ? first + rows : positions;
                SmallProduct<TLanes, TVector>.Run(queries + (first * stride), stride, 1, keysTransposed, width, scores, width, rows, Rounded(seen), size, accumulate: false);
                for (var i = 0; i < rows; i++)
                {
                    var own = causal ? first + i + 1 : positions;
                    var row = scores + (i * width);
                    new Span<float>(row + own, Rounded(seen) - own).Fill(float.NegativeInfinity);
                    var max = Max(row, Rounded(own));
                    sums[i] = Exponentials(row, Rounded(own), scale, -max * scale);
                    new Span<float>(row + own, Rounded(seen) - own).Clear();
                    logSums[first + i] = (max * scale) + MathF.Log(sums[i]);
                }

                var block = output + (first * outputStride);
                SmallProduct<TLanes, TVector>.Run(scores, width, 1, values, stride, block, outputStride, rows, size, seen, accumulate: false);
                for (var i = 0; i < rows; i++)
                {
                    Scale(block + (i * outputStride), size, 1 / sums[i]);
                }
            }
        }
    }

    /// <summary>The gradients of queries, keys and values, with rows of <paramref name="stride"/>, from that of the output.</summary>
    internal static void Backward(float* queries, float* keys, float* values, nint stride, float* output, float* outputGradient, nint outputStride, float* logSums, float* queryGradient, float* keyGradient, float* valueGradient, int positions, int size, bool causal)
    {
        var width = Padded(positions);
        fixed (float* scratch = Scratch(2 * (size + QueryBlock) * width))
        {
            float* keysTransposed = scratch, valuesTransposed = keysTransposed + (size * width);
            float* probabilities = valuesTransposed + (size * width), scoreGradient = probabilities + (QueryBlock * width);
            Transpose(keys, stride, keysTransposed, width, positions, size);
            Transpose(values, stride, valuesTransposed, width, positions, size);
            for (var i = 0; i < positions; i++)
            {
                new Span<float>(keyGradient + (i * stride), size).Clear();
                new Span<float>(valueGradient + (i * stride), size).Clear();
            }

            var scale = 1 / MathF.Sqrt(size);
            for (var first = 0; first < positions; first += QueryBlock)
            {
                var rows = Math.Min(QueryBlock, positions - first);
                var seen = causal ? first + rows : positions;
                float* q = queries + (first * stride), gradient = outputGradient + (first * outputStride);
                SmallProduct<TLanes, TVector>.Run(q, stride, 1, keysTransposed, width, probabilities, width, rows, Rounded(seen), size, accumulate: false);
                SmallProduct<TLanes, TVector>.Run(gradient, outputStride, 1, valuesTransposed, width, scoreGradient, width, rows, Rounded(seen), size, accumulate: false);
                for (var i = 0; i < rows; i++)
                {
                    var own = causal ? first + i + 1 : positions;
                    float* p = probabilities + (i * width), g = scoreGradient + (i * width);
                    var mean = Dot(gradient + (i * outputStride), output + ((first + i) * outputStride), size);
                    Gradients(p, g, Rounded(own), scale, -logSums[first + i], mean);
                    new Span<float>(p + own, Rounded(seen) - own).Clear();
                    new Span<float>(g + own, Rounded(seen) - own).Clear();
                }

                SmallProduct<TLanes, TVector>.Run(scoreGradient, width, 1, keys, stride, queryGradient + (first * stride), stride, rows, size, seen, accumulate: false);
                SmallProduct<TLanes, TVector>.Run(scoreGradient, 1, width, q, stride, keyGradient, stride, seen, size, rows, accumulate: true);
                SmallProduct<TLanes, TVector>.Run(probabilities, 1, width, gradient, outputStride, valueGradient, stride, seen, size, rows, accumulate: true);
            }
        }
    }

    /// <summary>Up to whole registers.</summary>
    internal static int Rounded(int count) => (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

    /// <summary>The row length of scores: whole registers, and one more so that rows do not fall on the same cache lines.</summary>
    internal static int Padded(int positions) => Rounded(positions) + TLanes.Count;

    private static float[] Scratch(int count)
    {
        if (_scratch is null || _scratch.Length < count)
        {
            _scratch = GC.AllocateUninitializedArray<float>(count);
        }

        return _scratch;
    }

    private static void Transpose(float* source, nint stride, float* destination, int width, int rows, int columns)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                destination[(j * width) + i] = source[j];
            }

            source += stride;
        }

        for (var j = 0; j < columns; j++)
        {
            new Span<float>(destination + (j * width) + rows, width - rows).Clear();
        }
    }

    internal static float Max(float* values, int count)
    {
        var max = TLanes.Load(values);
        for (var i = TLanes.Count; i < count; i += TLanes.Count)
        {
            max = TLanes.Max(max, TLanes.Load(values + i));
        }

        return TLanes.Max(max);
    }

    /// <summary>v ← exp(scale · v + shift); returns their sum.</summary>
    internal static float Exponentials(float* values, int count, float scale, float shift)
    {
        var (factor, offset, sum) = (TLanes.Broadcast(scale), TLanes.Broadcast(shift), default(TVector));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var value = TLanes.Exp(TLanes.MultiplyAdd(TLanes.Load(values + i), factor, offset));
            TLanes.Store(value, values + i);
            sum = TLanes.Add(sum, value);
        }

        return TLanes.Sum(sum);
    }

    /// <summary>Scores become probabilities p = exp(scale · s + shift), and gradients of probabilities g those of scores, scale · p · (g - mean).</summary>
    private static void Gradients(float* scores, float* gradients, int count, float scale, float shift, float mean)
    {
        var (factor, offset, centre) = (TLanes.Broadcast(scale), TLanes.Broadcast(shift), TLanes.Broadcast(mean));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var p = TLanes.Exp(TLanes.MultiplyAdd(TLanes.Load(scores + i), factor, offset));
            TLanes.Store(p, scores + i);
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(p, factor), TLanes.Subtract(TLanes.Load(gradients + i), centre)), gradients + i);
        }
    }

    internal static float Dot(float* a, float* b, int count)
    {
        var sum = default(TVector);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            sum = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), sum);
        }

        return TLanes.Sum(sum);
    }

    internal static void Scale(float* values, int count, float factor)
    {
        var wide = TLanes.Broadcast(factor);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(values + i), wide), values + i);
        }
    }
}
