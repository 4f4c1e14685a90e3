using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

[TestClass]
[EveryRegisterWidth]
[RequiresKernels]
public sealed unsafe class SmallProductTests
{
    private const double Tolerance = 1e-6;

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Run_OfAnyShape_IsThePlainProductAndStaysInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, CheckAll<Lanes256, Vector256<float>>, CheckAll<Lanes512, Vector512<float>>);

        void CheckAll<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var m in (int[])[1, 2, 3, 4, 5, 6, 8, 11, 12, 14, 20])
            {
                foreach (var registers in (int[])[1, 2, 3, 5])
                {
                    foreach (var k in (int[])[0, 1, 2, 7, 33])
                    {
                        var n = registers * TLanes.Count;
                        Check<TLanes, TVector>(edge, m, n, k, row: k, column: 1, ldb: n, ldc: n);
                        Check<TLanes, TVector>(edge, m, n, k, row: k + 3, column: 1, ldb: n + 5, ldc: n + 1);
                        Check<TLanes, TVector>(edge, m, n, k, row: 1, column: m + 2, ldb: n, ldc: n + TLanes.Count); // A transposed
                    }
                }
            }
        }
    }

    private static void Check<TLanes, TVector>(MemoryEdge edge, int m, int n, int k, int row, int column, int ldb, int ldc)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var random = new Random(m + (100 * n) + (10_000 * k));
        using var a = Numbers.Draw(random, k == 0 ? 0 : ((m - 1) * row) + ((k - 1) * column) + 1, edge);
        using var b = Numbers.Draw(random, k == 0 ? 0 : ((k - 1) * ldb) + n, edge);
        foreach (var accumulate in (bool[])[false, true])
        {
            using var c = new GuardedFloats(((m - 1) * ldc) + n, edge);
            Numbers.Fill(random, c.Span);
            var before = c.Span.ToArray();
            SmallProduct<TLanes, TVector>.Run(a.Pointer, row, column, b.Pointer, ldb, c.Pointer, ldc, m, n, k, accumulate);
            c.AssertIntact();
            for (var i = 0; i < c.Length; i++)
            {
                var (y, x) = (i / ldc, i % ldc);
                if (x >= n)
                {
                    Assert.AreEqual(before[i], c.Span[i], "What lies between the rows stays as it was.");
                    continue;
                }

                var products = Enumerable.Range(0, k).Select(p => (double)a.Span[(y * row) + (p * column)] * b.Span[(p * ldb) + x]).ToArray();
                var start = accumulate ? before[i] : 0;
                Assert.AreEqual(start + products.Sum(), c.Span[i], Tolerance * (Math.Abs(start) + products.Sum(Math.Abs)),
                    $"({y}, {x}) of ({m}, {n}), {k} terms");
            }
        }
    }
}
