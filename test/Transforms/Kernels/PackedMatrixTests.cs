using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

[TestClass]
[EveryRegisterWidth]
[RequiresKernels]
public sealed unsafe class PackedMatrixTests
{
    private const double Tolerance = 1e-6;
    private const float Factor = 1.5f;

    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void Multiply_OfAnyShape_IsThePlainProductAndStaysInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, CheckAll<Lanes256, Vector256<float>>, CheckAll<Lanes512, Vector512<float>>);

        void CheckAll<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            var panel = PackedMatrix<TLanes, TVector>.PanelWidth;
            foreach (var inputs in (int[])[1, 7, 32])
            {
                foreach (var outputs in (int[])[1, panel - 1, panel, panel + 1, (2 * panel) + 5])
                {
                    Check<TLanes, TVector>(inputs, outputs, edge, hasGains: false);
                    Check<TLanes, TVector>(inputs, outputs, edge, hasGains: true);
                }
            }
        }
    }

    private static void Check<TLanes, TVector>(int inputs, int outputs, MemoryEdge edge, bool hasGains)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var random = new Random(inputs + (100 * outputs));
        using var weights = Numbers.Draw(random, inputs * outputs, edge);
        using var gains = Numbers.Draw(random, inputs, edge);
        using var memory = new GuardedFloats((int)PackedMatrix<TLanes, TVector>.Size(inputs, outputs), edge);
        memory.Span.Fill(float.NaN); // all elements must be overwritten
        var matrix = new PackedMatrix<TLanes, TVector>(memory.Pointer, inputs, outputs);
        for (var panel = 0; panel < matrix.Panels; panel++)
        {
            matrix.Fill(panel, weights.Pointer, hasGains ? gains.Pointer : null, Factor);
        }

        memory.AssertIntact();
        var values = new double[inputs, matrix.Width];
        for (var i = 0; i < inputs * outputs; i++)
        {
            values[i / outputs, i % outputs] = (double)weights.Span[i] * Factor * (hasGains ? gains.Span[i / outputs] : 1);
        }

        foreach (var rows in (int[])[1, 4, 5])
        {
            foreach (var lda in (int[])[inputs, inputs + 3])
            {
                using var a = Numbers.Draw(random, ((rows - 1) * lda) + inputs, edge);
                foreach (var accumulate in (bool[])[false, true])
                {
                    for (var columns = TLanes.Count; columns <= matrix.Width; columns += TLanes.Count)
                    {
                        CheckColumns(columns, matrix.Width, (c, ldc) => matrix.Multiply(a.Pointer, lda, c.Pointer, ldc, rows, columns, accumulate), 0);
                    }

                    for (var panel = 0; panel < matrix.Panels; panel++)
                    {
                        var width = PackedMatrix<TLanes, TVector>.PanelWidth;
                        CheckColumns(width, width + 1, (c, ldc) => matrix.Multiply(panel, a.Pointer, lda, c.Pointer, ldc, rows, accumulate), panel * width);
                    }

                    void CheckColumns(int columns, int ldc, Action<GuardedFloats, int> multiply, int first)
                    {
                        using var c = new GuardedFloats(((rows - 1) * ldc) + columns, edge);
                        Numbers.Fill(random, c.Span);
                        var before = c.Span.ToArray();
                        multiply(c, ldc);
                        c.AssertIntact();
                        for (var i = 0; i < c.Length; i++)
                        {
                            var (y, x) = (i / ldc, i % ldc);
                            if (x >= columns)
                            {
                                Assert.AreEqual(before[i], c.Span[i], "What lies between the rows stays as it was.");
                                continue;
                            }

                            var (sum, size) = accumulate ? (before[i], Math.Abs((double)before[i])) : (0.0, 0.0);
                            for (var p = 0; p < inputs; p++)
                            {
                                var product = a.Span[(y * lda) + p] * values[p, first + x];
                                (sum, size) = (sum + product, size + Math.Abs(product));
                            }

                            Assert.AreEqual(sum, c.Span[i], Tolerance * size, $"({y}, {first + x}) of ({inputs}, {outputs})");
                        }
                    }
                }
            }
        }
    }
}
