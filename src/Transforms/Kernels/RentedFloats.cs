using System.Buffers;
using System.Runtime.InteropServices;

namespace IGptMl.Kernels;

/// <summary>Memory of the shared pool that does not move and begins on a cache line, for as long as this is not disposed. What it holds at first is anything.</summary>
internal sealed unsafe class RentedFloats : IDisposable
{
    private const int Alignment = 64;

    private readonly float[] _memory;
    private GCHandle _handle;

    /// <param name="count">The numbers, fewer than 2³¹.</param>
    internal RentedFloats(long count)
    {
        _memory = ArrayPool<float>.Shared.Rent(checked((int)(count + (Alignment / sizeof(float)))));
        _handle = GCHandle.Alloc(_memory, GCHandleType.Pinned);
        Pointer = (float*)(((nuint)_handle.AddrOfPinnedObject() + Alignment - 1) / Alignment * Alignment);
    }

    /// <summary>The first number.</summary>
    internal float* Pointer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle.IsAllocated)
        {
            _handle.Free();
            ArrayPool<float>.Shared.Return(_memory);
        }
    }
}
