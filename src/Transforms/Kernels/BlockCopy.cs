using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace IGptMl.Kernels;

/// <summary>Copies of parts of matrices.</summary>
internal static unsafe class BlockCopy<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The side of the squares that are transposed in registers.</summary>
    private const int Side = 4;

    /// <summary>Copies rows of a multiple of the register width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Copy(float* source, nint stride, float* destination, nint destinationStride, int rows, int columns)
    {
        KernelAssert.IsMultiple(columns, TLanes.Count);
        KernelAssert.AreApart(destination, KernelAssert.Extent(rows, destinationStride, columns), source, KernelAssert.Extent(rows, stride, columns));
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j += TLanes.Count)
            {
                TLanes.Store(TLanes.Load(source + j), destination + j);
            }

            source += stride;
            destination += destinationStride;
        }
    }

    /// <summary>Transposes (rows, columns) to (columns, width); columns are a multiple of the register width. The padding of a row becomes zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose(float* source, nint stride, float* destination, nint width, int rows, int columns)
    {
        KernelAssert.IsMultiple(columns, TLanes.Count);
        KernelAssert.IsAtLeast(width, rows);
        KernelAssert.AreApart(destination, (long)columns * width, source, KernelAssert.Extent(rows, stride, columns));
        var i = 0;
        for (; Sse.IsSupported && i + Side <= rows; i += Side)
        {
            float* from = source + (i * stride), to = destination + i;
            for (var j = 0; j < columns; j += Side)
            {
                var (a, b) = (Sse.LoadVector128(from + j), Sse.LoadVector128(from + stride + j));
                var (c, d) = (Sse.LoadVector128(from + (2 * stride) + j), Sse.LoadVector128(from + (3 * stride) + j));
                var (ab, cd) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d));
                Sse.Store(to, Sse.MoveLowToHigh(ab, cd));
                Sse.Store(to + width, Sse.MoveHighToLow(cd, ab));
                (ab, cd) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
                Sse.Store(to + (2 * width), Sse.MoveLowToHigh(ab, cd));
                Sse.Store(to + (3 * width), Sse.MoveHighToLow(cd, ab));
                to += Side * width;
            }
        }

        for (; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                destination[(j * width) + i] = source[(i * stride) + j];
            }
        }

        for (var j = 0; j < columns; j++)
        {
            new Span<float>(destination + (j * width) + rows, (int)(width - rows)).Clear();
        }
    }
}
