using System.Runtime.CompilerServices;

namespace IGptMl.Kernels;

/// <summary>GEMM of matrices that fit the processor's cache: C = A B or C += A B, where A has arbitrary row and column strides.</summary>
/// <remarks>
/// The register tile is four rows by two registers: eight independent accumulators hide the latency of a fused multiply-add and fit into sixteen registers.
/// </remarks>
internal static unsafe class SmallProduct<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>
    /// A (m, k) with strides (row, column), B (k, n) with row stride ldb, C (m, n) with row stride ldc; n is a multiple of the register width.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(float* a, nint row, nint column, float* b, nint ldb, float* c, nint ldc, int m, int n, int k, bool accumulate)
    {
        KernelAssert.IsMultiple(n, TLanes.Count);
        KernelAssert.IsAtLeast(ldb, k > 1 ? n : 0);
        KernelAssert.IsAtLeast(ldc, m > 1 ? n : 0);
        KernelAssert.AreApart(c, KernelAssert.Extent(m, ldc, n), b, KernelAssert.Extent(k, ldb, n));
        KernelAssert.AreApart(c, KernelAssert.Extent(m, ldc, n), a, m == 0 || k == 0 ? 0 : ((m - 1) * row) + ((k - 1) * column) + 1);
        var lanes = TLanes.Count;
        var j = 0;
        for (; j + (2 * lanes) <= n; j += 2 * lanes)
        {
            var i = 0;
            for (; i + 4 <= m; i += 4)
            {
                FourByTwo(a + (i * row), row, column, b + j, ldb, c + (i * ldc) + j, ldc, k, accumulate);
            }

            for (; i < m; i++)
            {
                OneByOne(a + (i * row), column, b + j, ldb, c + (i * ldc) + j, k, accumulate);
                OneByOne(a + (i * row), column, b + j + lanes, ldb, c + (i * ldc) + j + lanes, k, accumulate);
            }
        }

        for (; j < n; j += lanes)
        {
            for (var i = 0; i < m; i++)
            {
                OneByOne(a + (i * row), column, b + j, ldb, c + (i * ldc) + j, k, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(float* a, nint row, nint column, float* b, nint ldb, float* c, nint ldc, int k, bool accumulate)
    {
        var lanes = TLanes.Count;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        if (accumulate)
        {
            (s00, s01, s10, s11) = (TLanes.Load(c), TLanes.Load(c + lanes), TLanes.Load(c1), TLanes.Load(c1 + lanes));
            (s20, s21, s30, s31) = (TLanes.Load(c2), TLanes.Load(c2 + lanes), TLanes.Load(c3), TLanes.Load(c3 + lanes));
        }

        float* a1 = a + row, a2 = a1 + row, a3 = a2 + row;
        for (var p = 0; p < k; p++)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + lanes);
            var x = TLanes.Broadcast(*a);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Broadcast(*a1);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Broadcast(*a2);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Broadcast(*a3);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
            a += column;
            a1 += column;
            a2 += column;
            a3 += column;
            b += ldb;
        }

        TLanes.Store(s00, c);
        TLanes.Store(s01, c + lanes);
        TLanes.Store(s10, c1);
        TLanes.Store(s11, c1 + lanes);
        TLanes.Store(s20, c2);
        TLanes.Store(s21, c2 + lanes);
        TLanes.Store(s30, c3);
        TLanes.Store(s31, c3 + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne(float* a, nint column, float* b, nint ldb, float* c, int k, bool accumulate)
    {
        var sum = accumulate ? TLanes.Load(c) : default;
        for (var p = 0; p < k; p++)
        {
            sum = TLanes.MultiplyAdd(TLanes.Broadcast(*a), TLanes.Load(b), sum);
            a += column;
            b += ldb;
        }

        TLanes.Store(sum, c);
    }
}
