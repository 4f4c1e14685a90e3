using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

/// <summary>Every register width gives the same numbers to rounding, whichever the machine's own is.</summary>
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
                AttentionKernel<TLanes, TVector>.Forward(q, q + size, q + (2 * size), 3 * size, o, size, l, positions, size, 1 / MathF.Sqrt(size), causal);
                AttentionKernel<TLanes, TVector>.Backward(q, q + size, q + (2 * size), 3 * size, o, a, size, l, g, g + size, g + (2 * size), positions, size, 1 / MathF.Sqrt(size), causal);
            }

            return (output, gradient);
        }
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        var scale = expected.Max(Math.Abs);
        Assert.IsLessThan(2e-6f, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / scale);
    }
}
