using System.Runtime.InteropServices;

namespace IGptMl.Tests.Kernels;

/// <summary>
/// A buffer with a guarded edge. On Linux, an access beyond the edge terminates the process and names the kernel. Writes beyond the other edge, or on other
/// systems beyond either edge, are detected by <see cref="AssertIntact"/>.
/// </summary>
internal sealed unsafe class GuardedFloats : IDisposable
{
    /// <summary>The bits of a NaN that no computation returns.</summary>
    private const uint Canary = 0x7FABCDEF;

    private const int None = 0, Read = 1, ReadWrite = 3, PrivateAnonymous = 0x22;

    private static readonly nuint Page = (nuint)Environment.SystemPageSize;

    private readonly byte* _memory;
    private readonly nuint _size;

    internal GuardedFloats(int length, MemoryEdge edge)
    {
        var bytes = (nuint)length * sizeof(float);
        _size = (bytes + Page - 1) / Page * Page;
        Length = length;
        _memory = (byte*)Reserve(_size + (2 * Page)) + Page;
        Pointer = (float*)(edge == MemoryEdge.Start ? _memory : _memory + _size - bytes);
        Before.Fill(Canary);
        Behind.Fill(Canary);
        Span.Clear();
    }

    /// <summary>A buffer with the given values, which the kernel must not change.</summary>
    internal GuardedFloats(ReadOnlySpan<float> values, MemoryEdge edge)
        : this(values.Length, edge)
    {
        values.CopyTo(Span);
        if (OperatingSystem.IsLinux())
        {
            Check(Protect(_memory, _size, Read));
        }
    }

    internal int Length { get; }

    internal float* Pointer { get; }

    internal Span<float> Span => new(Pointer, Length);

    private Span<uint> Before => new(Start, (int)((uint*)Pointer - Start));

    private Span<uint> Behind => new(Pointer + Length, (int)(Start + (WholeSize / sizeof(uint)) - (uint*)(Pointer + Length)));

    /// <summary>The pages of the buffer, with an additional page on each side if pages cannot be guarded.</summary>
    private uint* Start => (uint*)(OperatingSystem.IsLinux() ? _memory : _memory - Page);

    private nuint WholeSize => OperatingSystem.IsLinux() ? _size : _size + (2 * Page);

    /// <summary>Fails if anything was written outside of the buffer.</summary>
    internal void AssertIntact()
    {
        Assert.AreEqual(-1, Before.IndexOfAnyExcept(Canary), "Something was written in front of the memory.");
        Assert.AreEqual(-1, Behind.IndexOfAnyExcept(Canary), "Something was written behind the memory.");
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            Check(Unmap(_memory - Page, _size + (2 * Page)));
        }
        else
        {
            NativeMemory.AlignedFree(_memory - Page);
        }
    }

    /// <summary>Pages of which the first and the last are inaccessible, if the system supports that.</summary>
    private static void* Reserve(nuint size)
    {
        if (!OperatingSystem.IsLinux())
        {
            return NativeMemory.AlignedAlloc(size, Page);
        }

        var memory = Map(null, size, None, PrivateAnonymous, -1, 0);
        Check((nint)memory);
        Check(Protect((byte*)memory + Page, size - (2 * Page), ReadWrite));
        return memory;
    }

    private static void Check(nint result) => Assert.AreNotEqual(-1, result, "The system refuses guard pages.");

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int Protect(void* address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(void* address, nuint length);
}
