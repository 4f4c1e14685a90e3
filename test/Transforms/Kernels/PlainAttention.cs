namespace IGptMl.Tests.Kernels;

/// <summary>Attention of one head over random values, forward and backward, by the formulas, in double precision and plain loops.</summary>
internal sealed class PlainAttention
{
    internal PlainAttention(int positions, int size, bool isCausal)
    {
        (Positions, Size, IsCausal) = (positions, size, isCausal);
        Scale = 1 / MathF.Sqrt(size);
        var random = new Random((positions * 1000) + size);
        foreach (var input in (float[][])[Queries = new float[positions * size], Keys = new float[positions * size], Values = new float[positions * size],
            OutputGradient = new float[positions * size]])
        {
            Numbers.Fill(random, input);
        }

        (Output, LogSums) = (new double[positions * size], new double[positions]);
        (QueryGradient, KeyGradient, ValueGradient) = (new double[positions * size], new double[positions * size], new double[positions * size]);
        for (var i = 0; i < positions; i++)
        {
            Compute(i, isCausal ? i + 1 : positions);
        }
    }

    internal int Positions { get; }

    internal int Size { get; }

    internal bool IsCausal { get; }

    /// <summary>The factor of the scores.</summary>
    internal float Scale { get; }

    // Inputs and results, (positions, size) each.
    internal float[] Queries { get; }

    internal float[] Keys { get; }

    internal float[] Values { get; }

    internal float[] OutputGradient { get; }

    internal double[] Output { get; }

    internal double[] QueryGradient { get; }

    internal double[] KeyGradient { get; }

    internal double[] ValueGradient { get; }

    /// <summary>The log-sum-exp of each query's scores, (positions).</summary>
    internal double[] LogSums { get; }

    /// <summary>The rows of three matrices, interleaved: (positions, 3, size).</summary>
    internal T[] SideBySide<T>(T[] a, T[] b, T[] c) => [.. Enumerable.Range(0, Positions).SelectMany(i => (T[])[.. Row(a, i), .. Row(b, i), .. Row(c, i)])];

    /// <summary>Rows with a larger stride, padded with zeros, except after the last row.</summary>
    internal T[] InRowsOf<T>(int stride, T[] matrix)
    {
        var result = new T[((matrix.Length / Size) - 1) * stride + Size];
        for (var i = 0; i < matrix.Length; i++)
        {
            result[(i / Size * stride) + (i % Size)] = matrix[i];
        }

        return result;
    }

    private Span<T> Row<T>(T[] matrix, int row) => matrix.AsSpan(row * Size, Size);

    /// <summary>The output of a query that attends to some keys, and its contribution to the gradients.</summary>
    private void Compute(int query, int seen)
    {
        double Dot(float[] a, int i, float[] b, int j) => Enumerable.Range(0, Size).Sum(c => (double)a[(i * Size) + c] * b[(j * Size) + c]);
        double[] scores = [.. Enumerable.Range(0, seen).Select(key => Scale * Dot(Queries, query, Keys, key))];
        var sum = scores.Sum(Math.Exp);
        LogSums[query] = Math.Log(sum);
        double[] weights = [.. scores.Select(score => Math.Exp(score) / sum)];
        double[] weightGradients = [.. Enumerable.Range(0, seen).Select(key => Dot(OutputGradient, query, Values, key))];
        var mean = weights.Zip(weightGradients, (weight, gradient) => weight * gradient).Sum();
        for (var key = 0; key < seen; key++)
        {
            var scoreGradient = Scale * weights[key] * (weightGradients[key] - mean);
            for (var c = 0; c < Size; c++)
            {
                var (ofQuery, ofKey) = ((query * Size) + c, (key * Size) + c);
                Output[ofQuery] += weights[key] * Values[ofKey];
                ValueGradient[ofKey] += weights[key] * OutputGradient[ofQuery];
                QueryGradient[ofQuery] += scoreGradient * Keys[ofKey];
                KeyGradient[ofKey] += scoreGradient * Queries[ofQuery];
            }
        }
    }
}
