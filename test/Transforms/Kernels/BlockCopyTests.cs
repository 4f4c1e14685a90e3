using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

[TestClass]
[EveryRegisterWidth]
[RequiresKernels]
public sealed unsafe class BlockCopyTests
{
    [TestMethod]
    [DynamicData(nameof(KernelWidths.WithEdges), typeof(KernelWidths))]
    public void CopyAndTranspose_OfAnyShape_MoveEveryElementAndStayInside(int bits, MemoryEdge edge)
    {
        KernelWidths.Run(bits, CheckAll<Lanes256, Vector256<float>>, CheckAll<Lanes512, Vector512<float>>);

        void CheckAll<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            foreach (var rows in (int[])[0, 1, 3, 4, 5, 8, 17])
            {
                foreach (var gap in (int[])[0, 1, 16])
                {
                    Check<TLanes, TVector>(edge, rows, TLanes.Count, gap);
                    Check<TLanes, TVector>(edge, rows, 3 * TLanes.Count, gap);
                }
            }
        }
    }

    private static void Check<TLanes, TVector>(MemoryEdge edge, int rows, int columns, int gap)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        int stride = columns + gap, width = rows + gap, length = rows == 0 ? 0 : ((rows - 1) * stride) + columns;
        using var source = Numbers.Draw(new Random(rows), length, edge);
        using var copy = new GuardedFloats(rows * columns, edge);
        BlockCopy<TLanes, TVector>.Copy(source.Pointer, stride, copy.Pointer, columns, rows, columns);
        copy.AssertIntact();
        using var transposed = new GuardedFloats(columns * width, edge);
        transposed.Span.Fill(float.NaN);
        BlockCopy<TLanes, TVector>.Transpose(source.Pointer, stride, transposed.Pointer, width, rows, columns);
        transposed.AssertIntact();
        for (var j = 0; j < columns; j++)
        {
            for (var i = 0; i < width; i++)
            {
                Assert.AreEqual(i < rows ? source.Span[(i * stride) + j] : 0, transposed.Span[(j * width) + i], $"({j}, {i})");
                if (i < rows)
                {
                    Assert.AreEqual(source.Span[(i * stride) + j], copy.Span[(i * columns) + j], $"({i}, {j})");
                }
            }
        }
    }
}
