using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IGptMl.Kernels;

/// <summary>Memory for floats that begins on a cache line and does not move: the one owner of what kernels work in.</summary>
/// <remarks>The pointer is valid until this is disposed. Whoever uses it keeps a reference to this until it has done so.</remarks>
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

    /// <summary>Memory of its own for what lives long, at first zero.</summary>
    /// <param name="length">The number of elements, fewer than 2³¹.</param>
    internal static FloatBuffer Allocate(long length) => new(GC.AllocateArray<float>(Size(length), pinned: true), default, length);

    /// <summary>Uninitialized memory of the shared pool, for what lives short.</summary>
    /// <param name="length">The number of elements, fewer than 2³¹.</param>
    internal static FloatBuffer Rent(long length)
    {
        var memory = ArrayPool<float>.Shared.Rent(Size(length));
        return new FloatBuffer(memory, GCHandle.Alloc(memory, GCHandleType.Pinned), length);
    }

    /// <summary>Gives rented memory back to the pool, and leaves other memory to the garbage collector.</summary>
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
