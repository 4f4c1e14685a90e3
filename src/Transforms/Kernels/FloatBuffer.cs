using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IGptMl.Kernels;

/// <summary>A pinned buffer of floats, aligned to a cache line. It owns the memory that kernels work in.</summary>
/// <remarks>The pointer is valid until the buffer is disposed or collected. Code that uses the pointer must keep the buffer reachable meanwhile.</remarks>
internal sealed unsafe class FloatBuffer : IDisposable
{
    private const int Alignment = 64;

    private float[]? _memory;
    private GCHandle _pin;

    private FloatBuffer(float[] memory, GCHandle pin, long length)
    {
        (_memory, _pin, Length) = (memory, pin, length);
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        Pointer = (float*)((start + Alignment - 1) / Alignment * Alignment);
    }

    /// <summary>The first element.</summary>
    internal float* Pointer { get; }

    /// <summary>The number of elements.</summary>
    internal long Length { get; }

    /// <summary>Allocates zero-initialized memory, for buffers with a long lifetime.</summary>
    /// <param name="length">The number of elements, fewer than 2³¹.</param>
    internal static FloatBuffer Allocate(long length) => new(GC.AllocateArray<float>(Size(length), pinned: true), default, length);

    /// <summary>Rents uninitialized memory from the shared pool, for buffers with a short lifetime.</summary>
    /// <param name="length">The number of elements, fewer than 2³¹.</param>
    internal static FloatBuffer Rent(long length)
    {
        var memory = ArrayPool<float>.Shared.Rent(Size(length));
        return new FloatBuffer(memory, GCHandle.Alloc(memory, GCHandleType.Pinned), length);
    }

    /// <summary>Returns rented memory to the pool. Allocated memory is left to the garbage collector.</summary>
    public void Dispose()
    {
        var memory = Interlocked.Exchange(ref _memory, null);
        if (memory is not null && _pin.IsAllocated)
        {
            _pin.Free();
            ArrayPool<float>.Shared.Return(memory);
        }
    }

    private static int Size(long length) => checked((int)(length + (Alignment / sizeof(float))));
}
