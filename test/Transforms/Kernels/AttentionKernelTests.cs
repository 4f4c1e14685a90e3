using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

[TestClass]
[EveryRegisterWidth]
public sealed unsafe class AttentionKernelTests
{
    [TestMethod]
    [DataRow(20, 16, true)]
    [DataRow(37, 48, true)]
    [DataRow(37, 48, false)]
    [DataRow(300, 32, true)] // more positions than are taken at once
    [DataRow(150, 48, false)]
    public void Kernel_OfEitherWidth_GivesTheSameNumbers(int positions, int size, bool causal)
    {
        var random = new Random(1);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5) * 4)];
        var (projected, above) = (Draw(positions * 3 * size), Draw(positions * size));
        var (narrow, narrowGradient) = Run<Lanes256, Vector256<float>>();
        var (wide, wideGradient) = Run<Lanes512, Vector512<float>>();
        AssertClose(narrow, wide);
        AssertClose(narrowGradient, wideGradient);

        (float[] Output, float[] Gradient) Run<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            var (output, logSums, gradient) = (new float[positions * size], new float[positions], new float[projected.Length]);
            fixed (float* q = projected, o = output, l = logSums, g = gradient, a = above)
            {
                var scale = 1 / MathF.Sqrt(size);
                float* k = q + size, v = k + size;
                AttentionKernel<TLanes, TVector>.Forward(q, k, v, 3 * size, o, size, l, positions, size, scale, causal);
                AttentionKernel<TLanes, TVector>.Backward(q, k, v, 3 * size, o, a, size, l, g, g + size, g + (2 * size), positions, size, scale, causal);
            }

            return (output, gradient);
        }
    }

    [TestMethod]
    [RequiresKernels]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Forward_AndBackward_AreTheFormulaAndStayInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, CheckAll<Lanes256, Vector256<float>>, CheckAll<Lanes512, Vector512<float>>);

        void CheckAll<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var positions in (int[])[1, 5, 32, 33, 130]) // fewer and more queries and keys than a block has
            {
                foreach (var size in (int[])[TLanes.Count, 3 * TLanes.Count])
                {
                    foreach (var causal in (bool[])[false, true])
                    {
                        CheckApart<TLanes, TVector>(new(positions, size, causal), edge);
                        CheckSideBySide<TLanes, TVector>(new(positions, size, causal), edge);
                    }
                }
            }
        }
    }

    [TestMethod]
    [RequiresKernels]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Attend_OfTheLastQueries_IsTheFormulaAndStaysInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, CheckAll<Lanes256, Vector256<float>>, CheckAll<Lanes512, Vector512<float>>);

        void CheckAll<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var (positions, rows) in ((int, int)[])[(1, 1), (9, 1), (9, 9), (70, 32), (129, 3), (257, 1)])
            {
                foreach (var size in (int[])[TLanes.Count, 3 * TLanes.Count])
                {
                    foreach (var causal in (bool[])[false, true])
                    {
                        CheckLast<TLanes, TVector>(new(positions, size, causal), rows, edge);
                    }
                }
            }
        }
    }

    /// <summary>Queries, keys and values in separate buffers, with contiguous rows.</summary>
    private static void CheckApart<TLanes, TVector>(PlainAttention plain, MemoryEdge edge)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var (positions, size) = (plain.Positions, plain.Size);
        using GuardedFloats queries = new(plain.Queries, edge), keys = new(plain.Keys, edge), values = new(plain.Values, edge);
        using GuardedFloats output = new(positions * size, edge), logSums = new(positions, edge);
        AttentionKernel<TLanes, TVector>.Forward(
            queries.Pointer, keys.Pointer, values.Pointer, size, output.Pointer, size, logSums.Pointer, positions, size, plain.Scale, plain.IsCausal);
        AssertClose(plain.Output, output);
        AssertClose(plain.LogSums, logSums);

        using GuardedFloats above = new(plain.OutputGradient, edge), attended = new(output.Span, edge), sums = new(logSums.Span, edge);
        using GuardedFloats queryGradient = new(positions * size, edge), keyGradient = new(positions * size, edge), valueGradient = new(positions * size, edge);
        AttentionKernel<TLanes, TVector>.Backward(
            queries.Pointer, keys.Pointer, values.Pointer, size, attended.Pointer, above.Pointer, size, sums.Pointer,
            queryGradient.Pointer, keyGradient.Pointer, valueGradient.Pointer, positions, size, plain.Scale, plain.IsCausal);
        AssertClose(plain.QueryGradient, queryGradient);
        AssertClose(plain.KeyGradient, keyGradient);
        AssertClose(plain.ValueGradient, valueGradient);
    }

    /// <summary>Queries, keys and values interleaved in one row per position, without log sums, and output rows that are longer than a head.</summary>
    private static void CheckSideBySide<TLanes, TVector>(PlainAttention plain, MemoryEdge edge)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var (positions, size, wide) = (plain.Positions, plain.Size, plain.Size + 3);
        using GuardedFloats projected = new(plain.SideBySide(plain.Queries, plain.Keys, plain.Values), edge),
            output = new(((positions - 1) * wide) + size, edge);
        float* q = projected.Pointer, k = q + size, v = k + size;
        AttentionKernel<TLanes, TVector>.Forward(q, k, v, 3 * size, output.Pointer, wide, null, positions, size, plain.Scale, plain.IsCausal);
        AssertClose(plain.InRowsOf(wide, plain.Output), output);

        using GuardedFloats above = new(plain.InRowsOf(wide, plain.OutputGradient), edge), attended = new(output.Span, edge);
        using GuardedFloats sums = new(Array.ConvertAll(plain.LogSums, sum => (float)sum), edge), gradient = new(projected.Length, edge);
        float* dq = gradient.Pointer, dk = dq + size, dv = dk + size;
        AttentionKernel<TLanes, TVector>.Backward(
            q, k, v, 3 * size, attended.Pointer, above.Pointer, wide, sums.Pointer, dq, dk, dv, positions, size, plain.Scale, plain.IsCausal);
        AssertClose(plain.SideBySide(plain.QueryGradient, plain.KeyGradient, plain.ValueGradient), gradient);
    }

    /// <summary>Only the last queries, with transposed keys, as in decoding.</summary>
    private static void CheckLast<TLanes, TVector>(PlainAttention plain, int rows, MemoryEdge edge)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var (positions, size, first, wide) = (plain.Positions, plain.Size, plain.Positions - rows, plain.Size + 3);
        var width = AttentionKernel<TLanes, TVector>.Padded(positions);
        var transposed = new float[size * width];
        Numbers.Fill(new Random(1), transposed); // the padding after the keys must not affect the result
        for (var i = 0; i < plain.Keys.Length; i++)
        {
            transposed[(i % size * width) + (i / size)] = plain.Keys[i];
        }

        using GuardedFloats queries = new(plain.InRowsOf(wide, plain.Queries[(first * size)..]), edge), keys = new(transposed, edge),
            values = new(plain.Values, edge);
        using GuardedFloats output = new(((rows - 1) * wide) + size, edge), logSums = new(rows, edge);
        using var scratch = new GuardedFloats(AttentionKernel<TLanes, TVector>.ScratchLength(width), edge);
        scratch.Span.Fill(float.NaN);
        AttentionKernel<TLanes, TVector>.Attend(
            queries.Pointer, wide, keys.Pointer, width, values.Pointer, output.Pointer, wide, logSums.Pointer, first, rows, positions, size, plain.Scale,
            plain.IsCausal, scratch.Pointer);
        AssertClose(plain.InRowsOf(wide, plain.Output[(first * size)..]), output);
        AssertClose(plain.LogSums[first..], logSums);
        scratch.AssertIntact();
    }

    private static void AssertClose(double[] expected, GuardedFloats actual)
    {
        actual.AssertIntact();
        AssertClose(Array.ConvertAll(expected, value => (float)value), actual.Span.ToArray());
    }

    private static void AssertClose(float[] expected, GuardedFloats actual)
    {
        actual.AssertIntact();
        AssertClose(expected, actual.Span.ToArray());
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        var scale = Math.Max(1, expected.Max(Math.Abs)); // the gradient of a single score is zero, as a difference of larger values
        Assert.IsLessThan(2e-6f, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / scale);
    }
}
