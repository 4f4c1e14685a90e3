using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IGptMl.Kernels;

/// <summary>Numbers, at first zero, that the garbage collector does not move and that begin on a cache line. They live as long as this object.</summary>
internal sealed unsafe class AlignedFloats
{
    private const int Alignment = 64;

    private readonly float[] _memory;

    /// <param name="count">The numbers, fewer than 2³¹.</param>
    internal AlignedFloats(long count)
    {
        _memory = GC.AllocateArray<float>(checked((int)(count + (Alignment / sizeof(float)))), pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        Pointer = (float*)((start + Alignment - 1) / Alignment * Alignment);
    }

    /// <summary>The first number.</summary>
    internal float* Pointer { get; }
}
