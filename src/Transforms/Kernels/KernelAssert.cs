using System.Diagnostics;

namespace IGptMl.Kernels;

/// <summary>What a kernel requires of its arguments. Checked in Debug builds; nothing of it is left in Release builds.</summary>
internal static unsafe class KernelAssert
{
    /// <summary>Vector loads of a whole cache line do not cross a page.</summary>
    private const int Alignment = 64;

    [Conditional("DEBUG")]
    internal static void IsMultiple(long count, int of) => Debug.Assert(count >= 0 && count % of == 0, $"{count} is not a multiple of {of}.");

    [Conditional("DEBUG")]
    internal static void IsAtLeast(long value, long least) => Debug.Assert(value >= least, $"{value} is less than {least}.");

    [Conditional("DEBUG")]
    internal static void IsAligned(float* memory) => Debug.Assert((nuint)memory % Alignment == 0, "The memory does not begin on a cache line.");

    /// <summary>The memory is there, unless it has no elements.</summary>
    [Conditional("DEBUG")]
    internal static void IsThere(float* memory, long length) => Debug.Assert(length >= 0 && (length == 0 || memory is not null), "The memory is missing.");

    /// <summary>What is written does not overlap what is read.</summary>
    [Conditional("DEBUG")]
    internal static void AreApart(float* written, long writtenLength, float* read, long readLength)
    {
        IsThere(written, writtenLength);
        IsThere(read, readLength);
        var isApart = writtenLength == 0 || readLength == 0 || written + writtenLength <= read || read + readLength <= written;
        Debug.Assert(isApart, "The result overlaps an argument.");
    }

    /// <summary>The elements from the first to the last of a matrix whose rows have a stride.</summary>
    internal static long Extent(long rows, long stride, long columns) => rows == 0 || columns == 0 ? 0 : ((rows - 1) * stride) + columns;
}
