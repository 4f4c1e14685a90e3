using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using IGptMl.Numerics;

namespace IGptMl.Formats;

/// <summary>
/// NumPy's npy files. Versions 1 to 3 are read, in both byte orders and both orders of indices; version 1 is written, little-endian in C order.
/// The machine must be little-endian, as it must be for libtorch.
/// </summary>
internal static class NpyFormat
{
    private const int Alignment = 64;
    private const int LongestHeader = ushort.MaxValue;
    private const int FirstRead = 1 << 20;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a file that holds one array.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message names it and the problem.</exception>
    public static NpyArray Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads an array that takes up the rest of the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The name of the stream in error messages.</param>
    /// <param name="mostBytes">The largest number of data bytes that is accepted, so that a compressed stream cannot fill the memory.</param>
    /// <exception cref="InvalidDataException">The stream is malformed; the message names the problem.</exception>
    public static NpyArray Read(Stream stream, string name, int? mostBytes = null)
    {
        var header = ReadHeader(stream, name);
        var most = mostBytes ?? Array.MaxLength;
        if (header.ByteCount > most)
        {
            throw Error(name, $"shape {header.ShapeText} of {header.Type} has {header.ByteCount} bytes; expected at most {most}");
        }

        var length = (int)header.ByteCount;

        // The length of a seekable stream has been checked already. For any other stream the buffer grows with the data that really arrive.
        var bytes = new byte[stream.CanSeek ? length : Math.Min(length, FirstRead)];
        var filled = 0;
        while (true)
        {
            var got = stream.ReadAtLeast(bytes.AsSpan(filled), bytes.Length - filled, throwOnEndOfStream: false);
            filled += got;
            if (filled < bytes.Length)
            {
                throw WrongSize(name, header, filled);
            }

            if (filled == length)
            {
                break;
            }

            Array.Resize(ref bytes, (int)Math.Min(length, 2L * filled));
        }

        if (stream.ReadByte() >= 0)
        {
            throw Error(name, $"bytes follow the {length} bytes that shape {header.ShapeText} needs");
        }

        return new NpyArray(header, bytes);
    }

    /// <summary>Reads the header and leaves the stream at the first element. The length of a seekable stream must match the header exactly.</summary>
    /// <exception cref="InvalidDataException">The header is malformed, or the size of the data differs from what it states.</exception>
    public static NpyHeader ReadHeader(Stream stream, string name)
    {
        FileKind.Require(stream, name, "an npy file", FileForm.Npy);
        Span<byte> start = stackalloc byte[8];
        Fill(stream, start, name);
        if (!start[..6].SequenceEqual(Magic))
        {
            throw Error(name, "it does not start with the npy signature");
        }

        int version = start[6];
        if (version is < 1 or > 3)
        {
            throw Error(name, $"npy version {version}.{start[7]} is not supported; expected 1 to 3");
        }

        var lengthField = start[..(version == 1 ? 2 : 4)];
        Fill(stream, lengthField, name);
        var length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(lengthField) : BinaryPrimitives.ReadUInt32LittleEndian(lengthField);
        if (length > LongestHeader)
        {
            throw Error(name, $"its header claims {length} bytes; the supported element types need at most {LongestHeader}");
        }

        var text = new byte[length];
        Fill(stream, text, name);
        var header = NpyHeaderParser.Parse((version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text), name);
        if (stream.CanSeek && stream.Length - stream.Position != header.ByteCount)
        {
            throw WrongSize(name, header, stream.Length - stream.Position);
        }

        return header;
    }

    /// <summary>Writes an array of float32 elements with the given shape.</summary>
    public static void Write(Stream stream, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
        => Write(stream, NpyType.Float32, MemoryMarshal.AsBytes(values), values.Length, shape);

    /// <summary>Writes an array of uint16 elements with the given shape.</summary>
    public static void Write(Stream stream, ReadOnlySpan<ushort> values, params ReadOnlySpan<int> shape)
        => Write(stream, NpyType.UInt16, MemoryMarshal.AsBytes(values), values.Length, shape);

    /// <summary>Writes an array of bytes with the given shape.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> values, params ReadOnlySpan<int> shape)
        => Write(stream, NpyType.UInt8, values, values.Length, shape);

    /// <summary>Writes the header of an array of the given shape. The caller then writes the elements, row-major and little-endian.</summary>
    public static void WriteHeader(Stream stream, NpyType type, params ReadOnlySpan<int> shape) => WriteHeader(stream, type, shape, leastBytes: 0);

    /// <summary>Writes a header of at least that length, such as one in the place of another with a longer shape.</summary>
    public static void WriteHeader(Stream stream, NpyType type, ReadOnlySpan<int> shape, int leastBytes)
    {
        const int Preamble = 10;
        var dictionary = $"{{'descr': '{DescriptorOf(type)}', 'fortran_order': False, 'shape': {NpyHeader.ToText(Dimensions(shape))}, }}";
        var total = Math.Max(leastBytes, (Preamble + dictionary.Length + 1 + Alignment - 1) / Alignment * Alignment);
        var header = new byte[total];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        header[6] = 1;
        header[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(total - Preamble)));
        Encoding.ASCII.GetBytes(dictionary, header.AsSpan(Preamble));
        header[^1] = (byte)'\n';
        stream.Write(header);
    }

    /// <summary>The exception for a malformed npy file.</summary>
    internal static InvalidDataException Error(string name, string problem) => new($"'{name}' cannot be read as npy: {problem}.");

    private static void Write(Stream stream, NpyType type, ReadOnlySpan<byte> bytes, int count, ReadOnlySpan<int> shape)
    {
        Int128 product = 1;
        foreach (var dimension in shape)
        {
            product = product * dimension <= long.MaxValue ? product * dimension : long.MaxValue;
        }

        if (product != count)
        {
            throw new ArgumentException($"Shape {NpyHeader.ToText(Dimensions(shape))} does not hold {count} values.", nameof(shape));
        }

        WriteHeader(stream, type, shape);
        stream.Write(bytes);
    }

    private static string DescriptorOf(NpyType type) => type switch
    {
        NpyType.Float32 => "<f4",
        NpyType.Float64 => "<f8",
        NpyType.UInt8 => "|u1",
        NpyType.UInt16 => "<u2",
        NpyType.Int32 => "<i4",
        NpyType.Int64 => "<i8",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of npy elements."),
    };

    private static long[] Dimensions(ReadOnlySpan<int> shape)
    {
        var dimensions = new long[shape.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(shape[i], nameof(shape));
            dimensions[i] = shape[i];
        }

        return dimensions;
    }

    private static void Fill(Stream stream, Span<byte> buffer, string name)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw Error(name, "it is truncated within its header");
        }
    }

    private static InvalidDataException WrongSize(string name, NpyHeader header, long found) =>
        Error(name, $"shape {header.ShapeText} of {header.Type} needs {header.ByteCount} bytes of data; found {found}");
}
