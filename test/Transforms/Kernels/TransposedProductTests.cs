using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

[TestClass]
[EveryRegisterWidth]
[RequiresKernels]
public sealed unsafe class TransposedProductTests
{
    private const double Tolerance = 1e-6;

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Add_OfAnyShape_AddsThePlainProductAndStaysInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, CheckAll<Lanes256, Vector256<float>>, CheckAll<Lanes512, Vector512<float>>);

        void CheckAll<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var rows in (int[])[0, 1, 63, 64, 130])
            {
                foreach (var m in (int[])[1, 4, 33, 128])
                {
                    Check<TLanes, TVector>(edge, m, TLanes.Count, rows, gap: 3);
                    Check<TLanes, TVector>(edge, m, 64, rows, gap: 3);
                    Check<TLanes, TVector>(edge, m, 2 * TLanes.Count, rows, gap: 600); // rows that are copied
                }
            }
        }
    }

    private static void Check<TLanes, TVector>(MemoryEdge edge, int m, int n, int rows, int gap)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var random = new Random(m + (1000 * rows));
        int lda = m + gap, ldb = n + 1, ldc = n + 5;
        using var a = Numbers.Draw(random, rows == 0 ? 0 : ((rows - 1) * lda) + m, edge);
        using var b = Numbers.Draw(random, rows == 0 ? 0 : ((rows - 1) * ldb) + n, edge);
        using var c = new GuardedFloats(((m - 1) * ldc) + n, edge);
        Numbers.Fill(random, c.Span);
        var before = c.Span.ToArray();
        TransposedProduct<TLanes, TVector>.Add(a.Pointer, lda, b.Pointer, ldb, c.Pointer, ldc, m, n, rows);
        c.AssertIntact();
        for (var i = 0; i < c.Length; i++)
        {
            var (y, x) = (i / ldc, i % ldc);
            var products = x < n ? Enumerable.Range(0, rows).Select(p => (double)a.Span[(p * lda) + y] * b.Span[(p * ldb) + x]).ToArray() : [];
            Assert.AreEqual(before[i] + products.Sum(), c.Span[i], Tolerance * (Math.Abs(before[i]) + products.Sum(Math.Abs)), $"({y}, {x}) of ({m}, {n})");
        }
    }
}
