namespace IGptMl.Kernels;

/// <summary>C += Aᵀ B, the product that gives the gradient of a matrix: A are the inputs of a linear layer, B the gradients of its outputs.</summary>
internal static unsafe class TransposedProduct<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The number of rows of A and B per pass over C. A panel of B of this length fits the first-level cache.</summary>
    private const int RowBlock = 64;

    /// <summary>
    /// A (rows, m) with row stride lda, B (rows, n) with row stride ldb, C (m, n) with row stride ldc; n is a multiple of the register width. Each element of C
    /// is one chain of additions in the order of the rows.
    /// </summary>
    internal static void Add(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int m, int n, int rows)
    {
        for (var row = 0; row < rows; row += RowBlock)
        {
            SmallProduct<TLanes, TVector>.Run(a + (row * lda), 1, lda, b + (row * ldb), ldb, c, ldc, m, n, Math.Min(RowBlock, rows - row), accumulate: true);
        }
    }
}
