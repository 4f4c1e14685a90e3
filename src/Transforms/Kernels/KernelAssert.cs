using System.Diagnostics;

namespace IGptMl.Kernels;

/// <summary>Preconditions of kernels. They are checked in Debug builds and compiled away in Release builds.</summary>
internal static unsafe class KernelAssert
{
    /// <summary>The size of a cache line in bytes. Aligned vector loads cross neither a cache line nor a page.</summary>
    private const int Alignment = 64;

    [Conditional("DEBUG")]
    internal static void IsMultiple(long count, int of) => Debug.Assert(count >= 0 && count % of == 0, $"{count} is not a multiple of {of}.");

    [Conditional("DEBUG")]
    internal static void IsAtLeast(long value, long least) => Debug.Assert(value >= least, $"{value} is less than {least}.");

    [Conditional("DEBUG")]
    internal static void IsAligned(float* memory) => Debug.Assert((nuint)memory % Alignment == 0, "The memory is not aligned to a cache line.");

    /// <summary>Asserts that the pointer is not null, unless the length is zero.</summary>
    [Conditional("DEBUG")]
    internal static void IsThere(float* memory, long length) => Debug.Assert(length >= 0 && (length == 0 || memory is not null), "The pointer is null.");

    /// <summary>Asserts that the memory written does not overlap the memory read.</summary>
    [Conditional("DEBUG")]
    internal static void AreApart(float* written, long writtenLength, float* read, long readLength)
    {
        IsThere(written, writtenLength);
        IsThere(read, readLength);
        var isApart = writtenLength == 0 || readLength == 0 || written + writtenLength <= read || read + readLength <= written;
        Debug.Assert(isApart, "The output overlaps an input.");
    }

    /// <summary>The number of elements spanned by a strided matrix, from its first element to its last.</summary>
    internal static long Extent(long rows, long stride, long columns) => rows == 0 || columns == 0 ? 0 : ((rows - 1) * stride) + columns;
}
