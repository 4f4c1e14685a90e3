using System.Runtime.InteropServices;

namespace IGptMl.Formats;

/// <summary>An array read from an npy file: its header and its elements, row-major.</summary>
internal sealed class NpyArray
{
    private readonly byte[] _bytes;

    /// <summary>Takes ownership of the bytes; their number is the header's <see cref="NpyHeader.ByteCount"/>.</summary>
    public NpyArray(NpyHeader header, byte[] bytes)
    {
        Header = header;
        _bytes = bytes;
    }

    public NpyHeader Header { get; }

    /// <summary>The elements, unconverted.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the array's element type.</exception>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged
    {
        if (typeof(T) != ClrType)
        {
            throw new InvalidOperationException($"The array holds {ClrType.Name}, not {typeof(T).Name}.");
        }

        return MemoryMarshal.Cast<byte, T>(_bytes);
    }

    private Type ClrType => Header.Type switch
    {
        NpyType.Float32 => typeof(float),
        NpyType.Float64 => typeof(double),
        NpyType.UInt8 => typeof(byte),
        NpyType.UInt16 => typeof(ushort),
        NpyType.Int32 => typeof(int),
        _ => typeof(long),
    };
}
