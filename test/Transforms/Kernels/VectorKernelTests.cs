using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

/// <summary>Counts that are not multiples of the register width are rounded up, in the buffers and in the expected values.</summary>
[TestClass]
[EveryRegisterWidth]
[RequiresKernels]
public sealed unsafe class VectorKernelTests
{
    private const double Tolerance = 1e-6;

    private static readonly int[] Counts = [1, 7, 8, 9, 16, 31, 32, 33, 100];

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Sums_AndMaxima_AreThePlainOnesAndStayInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, Check<Lanes256, Vector256<float>>, Check<Lanes512, Vector512<float>>);

        void Check<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var count in Counts)
            {
                var random = new Random(count);
                var rounded = Rounded<TLanes, TVector>(count);
                using var a = Numbers.Draw(random, rounded, edge);
                using var b = Numbers.Draw(random, rounded, edge);
                Assert.AreEqual(a.Span.ToArray().Max(), VectorKernel<TLanes, TVector>.Max(a.Pointer, count));
                var products = a.Span.ToArray().Zip(b.Span.ToArray(), (x, y) => (double)x * y).ToArray();
                Assert.AreEqual(products.Sum(), VectorKernel<TLanes, TVector>.Dot(a.Pointer, b.Pointer, count), Tolerance * products.Sum(Math.Abs));
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Changes_InPlace_AreThePlainOnesAndStayInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, Check<Lanes256, Vector256<float>>, Check<Lanes512, Vector512<float>>);

        void Check<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var count in Counts)
            {
                var rounded = Rounded<TLanes, TVector>(count);
                using var added = Numbers.Draw(new Random(count), rounded, edge);
                var addend = added.Span.ToArray();
                CheckChange(rounded, edge, values => VectorKernel<TLanes, TVector>.Scale(values.Pointer, count, 0.7f), (x, _) => x * 0.7f);
                CheckChange(rounded, edge, values => VectorKernel<TLanes, TVector>.Add(added.Pointer, values.Pointer, count), (x, i) => x + (double)addend[i]);
                CheckChange(rounded, edge, values => VectorKernel<TLanes, TVector>.Silu(values.Pointer, count), (x, _) => x / (1 + Math.Exp(-x)));
                CheckChange(rounded, edge, values => CheckSum(values, VectorKernel<TLanes, TVector>.Exponentials(values.Pointer, count, 3, -1)), (x, _)
                    => Math.Exp((3 * x) - 1));
            }
        }

        static void CheckSum(GuardedFloats values, float sum) => Assert.AreEqual(values.Span.ToArray().Sum(value => (double)value), sum, Tolerance * sum);
    }

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Normalize_OfAnySize_IsTheFormulaAndStaysInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, Check<Lanes256, Vector256<float>>, Check<Lanes512, Vector512<float>>);

        void Check<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            const float epsilon = 0.25f;
            foreach (var size in Counts)
            {
                var padded = new float[Rounded<TLanes, TVector>(size)];
                Numbers.Fill(new Random(size), padded.AsSpan(0, size));
                using var values = new GuardedFloats(padded, edge);
                using var normalized = new GuardedFloats(padded.Length, edge);
                VectorKernel<TLanes, TVector>.Normalize(values.Pointer, normalized.Pointer, padded.Length, size, epsilon);
                normalized.AssertIntact();
                var scale = 1 / Math.Sqrt((padded.Sum(x => (double)x * x) / size) + epsilon);
                for (var i = 0; i < padded.Length; i++)
                {
                    Assert.AreEqual(padded[i] * scale, normalized.Span[i], Tolerance * Math.Abs(padded[i] * scale), $"{i} of {size}");
                }
            }
        }
    }

    private static int Rounded<TLanes, TVector>(int count)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var rounded = VectorKernel<TLanes, TVector>.Rounded(count);
        Assert.IsTrue(rounded >= count && rounded < count + TLanes.Count && rounded % TLanes.Count == 0);
        return rounded;
    }

    private static void CheckChange(int length, MemoryEdge edge, Action<GuardedFloats> change, Func<double, int, double> expected)
    {
        using var values = new GuardedFloats(length, edge);
        Numbers.Fill(new Random(length), values.Span);
        var before = values.Span.ToArray();
        change(values);
        values.AssertIntact();
        for (var i = 0; i < length; i++)
        {
            var value = expected(before[i], i);
            Assert.AreEqual(value, values.Span[i], Tolerance * Math.Max(1e-3, Math.Abs(value)), $"{i} of {length}");
        }
    }
}
