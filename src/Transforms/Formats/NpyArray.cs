using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace IGptMl.Formats;

/// <summary>An array read from an npy file: its header and its elements, row-major in the byte order of this machine.</summary>
internal sealed class NpyArray
{
    private readonly byte[] _bytes;

    /// <summary>
    /// Takes ownership of the bytes, in the layout that the header states; their number is the header's <see cref="NpyHeader.ByteCount"/>.
    /// </summary>
    public NpyArray(NpyHeader header, byte[] bytes)
    {
        if (header.IsBigEndian)
        {
            NpyLayout.SwapBytes(bytes, header.ElementSize);
        }

        Header = header;
        _bytes = header.IsFortran ? NpyLayout.ToRowMajor(bytes, header.Shape, header.ElementSize) : bytes;
    }

    public NpyHeader Header { get; }

    /// <summary>The elements as bytes of this machine's order, row-major.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

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

    /// <summary>The elements of any type as Float64, which is exact except for integers beyond 2^53.</summary>
    public double[] ToDoubles() => Header.Type switch
    {
        NpyType.Float32 => Convert<float>(),
        NpyType.Float64 => Values<double>().ToArray(),
        NpyType.UInt8 => Convert<byte>(),
        NpyType.UInt16 => Convert<ushort>(),
        NpyType.Int32 => Convert<int>(),
        NpyType.Float16 => Convert<Half>(),
        NpyType.Int8 => Convert<sbyte>(),
        NpyType.Int16 => Convert<short>(),
        NpyType.UInt32 => Convert<uint>(),
        _ => Convert<long>(),
    };

    private double[] Convert<T>()
        where T : unmanaged, INumberBase<T>
    {
        var values = new double[Header.Count];
        TensorPrimitives.ConvertTruncating(Values<T>(), values.AsSpan());
        return values;
    }

    private Type ClrType => Header.Type switch
    {
        NpyType.Float32 => typeof(float),
        NpyType.Float64 => typeof(double),
        NpyType.UInt8 => typeof(byte),
        NpyType.UInt16 => typeof(ushort),
        NpyType.Int32 => typeof(int),
        NpyType.Float16 => typeof(Half),
        NpyType.Int8 => typeof(sbyte),
        NpyType.Int16 => typeof(short),
        NpyType.UInt32 => typeof(uint),
        _ => typeof(long),
    };
}
