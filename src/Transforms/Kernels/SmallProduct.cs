using System.Runtime.CompilerServices;

namespace IGptMl.Kernels;

/// <summary>GEMM of matrices that fit the processor's cache: C = A B or C += A B, where A is stored by rows or by columns.</summary>
/// <remarks>
/// A register tile is several rows by two registers. Its independent accumulators hide the latency of a fused multiply-add: eight rows use 19 of the 32
/// registers of 512 bits, six rows use 15 of the 16 registers of 256 bits. Each element is one chain of additions in any tile.
/// </remarks>
internal static unsafe class SmallProduct<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>Whether there are 32 registers.</summary>
    private static bool HasManyRegisters => TLanes.Count == 16;

    /// <summary>
    /// A (m, k) with strides (row, column), one of which is 1; B (k, n) with row stride ldb; C (m, n) with row stride ldc; n is a multiple of the register
    /// width.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(float* a, nint row, nint column, float* b, nint ldb, float* c, nint ldc, int m, int n, int k, bool accumulate)
    {
        KernelAssert.IsMultiple(n, TLanes.Count);
        KernelAssert.IsAtLeast(ldb, k > 1 ? n : 0);
        KernelAssert.IsAtLeast(ldc, m > 1 ? n : 0);
        KernelAssert.IsAtLeast(1, row == 1 ? row : column);
        KernelAssert.AreApart(c, KernelAssert.Extent(m, ldc, n), b, KernelAssert.Extent(k, ldb, n));
        KernelAssert.AreApart(c, KernelAssert.Extent(m, ldc, n), a, m == 0 || k == 0 ? 0 : ((m - 1) * row) + ((k - 1) * column) + 1);
        var lanes = TLanes.Count;
        var isTransposed = column != 1;
        var j = 0;
        for (; j + (2 * lanes) <= n; j += 2 * lanes)
        {
            var i = 0;
            while (i + 4 <= m)
            {
                float* from = a + (i * row), to = c + (i * ldc) + j;
                switch (TileRows(m - i))
                {
                    case 8 when isTransposed:
                        EightByTwoTransposed(from, column, b + j, ldb, to, ldc, k, accumulate);
                        i += 8;
                        break;
                    case 8:
                        EightByTwo(from, row, b + j, ldb, to, ldc, k, accumulate);
                        i += 8;
                        break;
                    case 6 when isTransposed:
                        SixByTwoTransposed(from, column, b + j, ldb, to, ldc, k, accumulate);
                        i += 6;
                        break;
                    case 6:
                        SixByTwo(from, row, b + j, ldb, to, ldc, k, accumulate);
                        i += 6;
                        break;
                    default:
                        if (isTransposed)
                        {
                            FourByTwoTransposed(from, column, b + j, ldb, to, ldc, k, accumulate);
                        }
                        else
                        {
                            FourByTwo(from, row, b + j, ldb, to, ldc, k, accumulate);
                        }

                        i += 4;
                        break;
                }
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

    /// <summary>The height of the next tile. As many rows as possible are left to tiles, so that few are computed one by one.</summary>
    private static int TileRows(int left)
        => HasManyRegisters ? left >= 8 ? 8 : 4 : left % 4 == 0 && left < 12 ? 4 : left >= 6 ? 6 : 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwo(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int k, bool accumulate)
    {
        var lanes = TLanes.Count;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc, c6 = c5 + ldc, c7 = c6 + ldc;
        float* a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda, a4 = a3 + lda, a5 = a4 + lda, a6 = a5 + lda, a7 = a6 + lda;
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        TVector s40 = default, s41 = default, s50 = default, s51 = default, s60 = default, s61 = default, s70 = default, s71 = default;
        if (accumulate)
        {
            (s00, s01, s10, s11) = (TLanes.Load(c), TLanes.Load(c + lanes), TLanes.Load(c1), TLanes.Load(c1 + lanes));
            (s20, s21, s30, s31) = (TLanes.Load(c2), TLanes.Load(c2 + lanes), TLanes.Load(c3), TLanes.Load(c3 + lanes));
            (s40, s41, s50, s51) = (TLanes.Load(c4), TLanes.Load(c4 + lanes), TLanes.Load(c5), TLanes.Load(c5 + lanes));
            (s60, s61, s70, s71) = (TLanes.Load(c6), TLanes.Load(c6 + lanes), TLanes.Load(c7), TLanes.Load(c7 + lanes));
        }

        for (nint p = 0; p < k; p++)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + lanes);
            var x = TLanes.Broadcast(a[p]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Broadcast(a1[p]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Broadcast(a2[p]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Broadcast(a3[p]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
            x = TLanes.Broadcast(a4[p]);
            s40 = TLanes.MultiplyAdd(x, b0, s40);
            s41 = TLanes.MultiplyAdd(x, b1, s41);
            x = TLanes.Broadcast(a5[p]);
            s50 = TLanes.MultiplyAdd(x, b0, s50);
            s51 = TLanes.MultiplyAdd(x, b1, s51);
            x = TLanes.Broadcast(a6[p]);
            s60 = TLanes.MultiplyAdd(x, b0, s60);
            s61 = TLanes.MultiplyAdd(x, b1, s61);
            x = TLanes.Broadcast(a7[p]);
            s70 = TLanes.MultiplyAdd(x, b0, s70);
            s71 = TLanes.MultiplyAdd(x, b1, s71);
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
        TLanes.Store(s40, c4);
        TLanes.Store(s41, c4 + lanes);
        TLanes.Store(s50, c5);
        TLanes.Store(s51, c5 + lanes);
        TLanes.Store(s60, c6);
        TLanes.Store(s61, c6 + lanes);
        TLanes.Store(s70, c7);
        TLanes.Store(s71, c7 + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwoTransposed(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int k, bool accumulate)
    {
        var lanes = TLanes.Count;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc, c6 = c5 + ldc, c7 = c6 + ldc;
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        TVector s40 = default, s41 = default, s50 = default, s51 = default, s60 = default, s61 = default, s70 = default, s71 = default;
        if (accumulate)
        {
            (s00, s01, s10, s11) = (TLanes.Load(c), TLanes.Load(c + lanes), TLanes.Load(c1), TLanes.Load(c1 + lanes));
            (s20, s21, s30, s31) = (TLanes.Load(c2), TLanes.Load(c2 + lanes), TLanes.Load(c3), TLanes.Load(c3 + lanes));
            (s40, s41, s50, s51) = (TLanes.Load(c4), TLanes.Load(c4 + lanes), TLanes.Load(c5), TLanes.Load(c5 + lanes));
            (s60, s61, s70, s71) = (TLanes.Load(c6), TLanes.Load(c6 + lanes), TLanes.Load(c7), TLanes.Load(c7 + lanes));
        }

        for (nint p = 0; p < k; p++)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + lanes);
            var x = TLanes.Broadcast(a[0]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Broadcast(a[1]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Broadcast(a[2]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Broadcast(a[3]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
            x = TLanes.Broadcast(a[4]);
            s40 = TLanes.MultiplyAdd(x, b0, s40);
            s41 = TLanes.MultiplyAdd(x, b1, s41);
            x = TLanes.Broadcast(a[5]);
            s50 = TLanes.MultiplyAdd(x, b0, s50);
            s51 = TLanes.MultiplyAdd(x, b1, s51);
            x = TLanes.Broadcast(a[6]);
            s60 = TLanes.MultiplyAdd(x, b0, s60);
            s61 = TLanes.MultiplyAdd(x, b1, s61);
            x = TLanes.Broadcast(a[7]);
            s70 = TLanes.MultiplyAdd(x, b0, s70);
            s71 = TLanes.MultiplyAdd(x, b1, s71);
            a += lda;
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
        TLanes.Store(s40, c4);
        TLanes.Store(s41, c4 + lanes);
        TLanes.Store(s50, c5);
        TLanes.Store(s51, c5 + lanes);
        TLanes.Store(s60, c6);
        TLanes.Store(s61, c6 + lanes);
        TLanes.Store(s70, c7);
        TLanes.Store(s71, c7 + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixByTwo(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int k, bool accumulate)
    {
        var lanes = TLanes.Count;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc;
        float* a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda, a4 = a3 + lda, a5 = a4 + lda;
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        TVector s40 = default, s41 = default, s50 = default, s51 = default;
        if (accumulate)
        {
            (s00, s01, s10, s11) = (TLanes.Load(c), TLanes.Load(c + lanes), TLanes.Load(c1), TLanes.Load(c1 + lanes));
            (s20, s21, s30, s31) = (TLanes.Load(c2), TLanes.Load(c2 + lanes), TLanes.Load(c3), TLanes.Load(c3 + lanes));
            (s40, s41, s50, s51) = (TLanes.Load(c4), TLanes.Load(c4 + lanes), TLanes.Load(c5), TLanes.Load(c5 + lanes));
        }

        for (nint p = 0; p < k; p++)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + lanes);
            var x = TLanes.Broadcast(a[p]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Broadcast(a1[p]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Broadcast(a2[p]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Broadcast(a3[p]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
            x = TLanes.Broadcast(a4[p]);
            s40 = TLanes.MultiplyAdd(x, b0, s40);
            s41 = TLanes.MultiplyAdd(x, b1, s41);
            x = TLanes.Broadcast(a5[p]);
            s50 = TLanes.MultiplyAdd(x, b0, s50);
            s51 = TLanes.MultiplyAdd(x, b1, s51);
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
        TLanes.Store(s40, c4);
        TLanes.Store(s41, c4 + lanes);
        TLanes.Store(s50, c5);
        TLanes.Store(s51, c5 + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixByTwoTransposed(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int k, bool accumulate)
    {
        var lanes = TLanes.Count;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc;
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        TVector s40 = default, s41 = default, s50 = default, s51 = default;
        if (accumulate)
        {
            (s00, s01, s10, s11) = (TLanes.Load(c), TLanes.Load(c + lanes), TLanes.Load(c1), TLanes.Load(c1 + lanes));
            (s20, s21, s30, s31) = (TLanes.Load(c2), TLanes.Load(c2 + lanes), TLanes.Load(c3), TLanes.Load(c3 + lanes));
            (s40, s41, s50, s51) = (TLanes.Load(c4), TLanes.Load(c4 + lanes), TLanes.Load(c5), TLanes.Load(c5 + lanes));
        }

        for (nint p = 0; p < k; p++)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + lanes);
            var x = TLanes.Broadcast(a[0]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Broadcast(a[1]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Broadcast(a[2]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Broadcast(a[3]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
            x = TLanes.Broadcast(a[4]);
            s40 = TLanes.MultiplyAdd(x, b0, s40);
            s41 = TLanes.MultiplyAdd(x, b1, s41);
            x = TLanes.Broadcast(a[5]);
            s50 = TLanes.MultiplyAdd(x, b0, s50);
            s51 = TLanes.MultiplyAdd(x, b1, s51);
            a += lda;
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
        TLanes.Store(s40, c4);
        TLanes.Store(s41, c4 + lanes);
        TLanes.Store(s50, c5);
        TLanes.Store(s51, c5 + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int k, bool accumulate)
    {
        var lanes = TLanes.Count;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
        float* a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda;
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        if (accumulate)
        {
            (s00, s01, s10, s11) = (TLanes.Load(c), TLanes.Load(c + lanes), TLanes.Load(c1), TLanes.Load(c1 + lanes));
            (s20, s21, s30, s31) = (TLanes.Load(c2), TLanes.Load(c2 + lanes), TLanes.Load(c3), TLanes.Load(c3 + lanes));
        }

        for (nint p = 0; p < k; p++)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + lanes);
            var x = TLanes.Broadcast(a[p]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Broadcast(a1[p]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Broadcast(a2[p]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Broadcast(a3[p]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
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
    private static void FourByTwoTransposed(float* a, nint lda, float* b, nint ldb, float* c, nint ldc, int k, bool accumulate)
    {
        var lanes = TLanes.Count;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        if (accumulate)
        {
            (s00, s01, s10, s11) = (TLanes.Load(c), TLanes.Load(c + lanes), TLanes.Load(c1), TLanes.Load(c1 + lanes));
            (s20, s21, s30, s31) = (TLanes.Load(c2), TLanes.Load(c2 + lanes), TLanes.Load(c3), TLanes.Load(c3 + lanes));
        }

        for (nint p = 0; p < k; p++)
        {
            var b0 = TLanes.Load(b);
            var b1 = TLanes.Load(b + lanes);
            var x = TLanes.Broadcast(a[0]);
            s00 = TLanes.MultiplyAdd(x, b0, s00);
            s01 = TLanes.MultiplyAdd(x, b1, s01);
            x = TLanes.Broadcast(a[1]);
            s10 = TLanes.MultiplyAdd(x, b0, s10);
            s11 = TLanes.MultiplyAdd(x, b1, s11);
            x = TLanes.Broadcast(a[2]);
            s20 = TLanes.MultiplyAdd(x, b0, s20);
            s21 = TLanes.MultiplyAdd(x, b1, s21);
            x = TLanes.Broadcast(a[3]);
            s30 = TLanes.MultiplyAdd(x, b0, s30);
            s31 = TLanes.MultiplyAdd(x, b1, s31);
            a += lda;
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
