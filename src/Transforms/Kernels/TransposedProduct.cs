namespace IGptMl.Kernels;

/// <summary>C += Aᵀ B, the product that gives the gradient of a matrix: A are the inputs of a linear layer, B the gradients of its outputs.</summary>
internal static unsafe class TransposedProduct<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The maximum size of a tile of C, whose sums stay in a core's first-level cache.</summary>
    internal const int TileRows = 128;

    /// <summary>The number of rows of A and B per pass over a tile. A panel of B of this length fits the first-level cache.</summary>
    private const int RowBlock = 64;

    /// <summary>The number of columns of a tile.</summary>
    internal static int TileColumns => PackedMatrix<TLanes, TVector>.PanelWidth;

    /// <summary>
    /// A (rows, m) with row stride lda, B (rows, n) with row stride ldb, C (m, n) with row stride ldc; m and n are at most those of a tile, and n is a multiple
    /// of the register width. The product is summed in the order of the rows, and then added to C.
    /// </summary>
    internal static void Add(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int m, int n, int rows)
    {
        KernelAssert.IsAtLeast(TileRows, m);
        KernelAssert.IsAtLeast(TileColumns, n);
        using var memory = FloatBuffer.Rent((long)m * n);
        var sums = memory.Pointer;
        for (var row = 0; row < rows; row += RowBlock)
        {
            SmallProduct<TLanes, TVector>.Run(
                a + (row * lda), 1, lda, b + (row * ldb), ldb, sums, n, m, n, Math.Min(RowBlock, rows - row), accumulate: row > 0);
        }

        for (var i = 0; i < m && rows > 0; i++)
        {
            VectorKernel<TLanes, TVector>.Add(sums + ((nint)i * n), c + (i * ldc), n);
        }
    }
}
