namespace IGptMl.Kernels;

/// <summary>C += Aᵀ B, the product that gives the gradient of a matrix: A are the inputs of a linear layer, B the gradients of its outputs.</summary>
internal static unsafe class TransposedProduct<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The maximum size of a tile of C, whose sums stay in a core's cache.</summary>
    internal const int TileRows = 128, TileColumns = 64;

    /// <summary>The number of rows of A and B per pass over a tile. A panel of B of this length fits the first-level cache.</summary>
    private const int RowBlock = 64;

    /// <summary>
    /// Rows of A at larger strides take a page of memory each, more than the processor translates addresses for at a time. They are copied next to each other.
    /// </summary>
    private const int MaxStride = 512;

    /// <summary>The row stride of copies: a cache line longer than the rows, which would otherwise compete for the same sets of the cache.</summary>
    private const int CopyStride = TileRows + 16;

    /// <summary>
    /// A (rows, m) with row stride lda, B (rows, n) with row stride ldb, C (m, n) with row stride ldc; m and n are at most those of a tile, and n is a multiple
    /// of the register width. The product is summed in the order of the rows, and then added to C.
    /// </summary>
    internal static void Add(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int m, int n, int rows)
    {
        KernelAssert.IsAtLeast(TileRows, m);
        KernelAssert.IsAtLeast(TileColumns, n);
        var copies = lda > MaxStride && m % TLanes.Count == 0;
        using var memory = FloatBuffer.Rent((long)(m * n) + (copies ? RowBlock * CopyStride : 0));
        float* sums = memory.Pointer, copy = sums + (m * n);
        for (var row = 0; row < rows; row += RowBlock)
        {
            var count = Math.Min(RowBlock, rows - row);
            float* inputs = a + (row * lda), gradients = b + (row * ldb);
            if (copies)
            {
                BlockCopy<TLanes, TVector>.Copy(inputs, lda, copy, CopyStride, count, m);
                SmallProduct<TLanes, TVector>.Run(copy, 1, CopyStride, gradients, ldb, sums, n, m, n, count, accumulate: row > 0);
            }
            else
            {
                SmallProduct<TLanes, TVector>.Run(inputs, 1, lda, gradients, ldb, sums, n, m, n, count, accumulate: row > 0);
            }
        }

        for (var i = 0; i < m && rows > 0; i++)
        {
            VectorKernel<TLanes, TVector>.Add(sums + ((nint)i * n), c + (i * ldc), n);
        }
    }
}
