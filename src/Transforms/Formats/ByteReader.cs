using System.Buffers.Binary;

namespace IGptMl.Formats;

/// <summary>Reads the integers and byte strings of LevelDB tables and protocol buffers.</summary>
internal ref struct ByteReader
{
    private const int MaxVarintBytes = 10;

    private readonly string _source;
    private ReadOnlySpan<byte> _bytes;

    /// <summary>Starts at the first byte; <paramref name="source"/> names the bytes in error messages.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes, string source)
    {
        _bytes = bytes;
        _source = source;
    }

    /// <summary>Whether all bytes have been read.</summary>
    public readonly bool IsEmpty => _bytes.IsEmpty;

    /// <summary>Reads a variable-length integer: seven bits per byte, least significant first.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var i = 0; i < MaxVarintBytes; i++)
        {
            var part = ReadBytes(1)[0];
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"{_source}: a variable-length integer has more than {MaxVarintBytes} bytes.");
    }

    /// <summary>Reads a variable-length integer (see <see cref="ReadVarint"/>) that is a length or an offset.</summary>
    public long ReadLength() =>
        ReadVarint() is <= long.MaxValue and var value ? (long)value : throw new InvalidDataException($"{_source}: a length or offset is negative.");

    /// <summary>Reads four bytes, little-endian.</summary>
    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(sizeof(uint)));

    /// <summary>Reads eight bytes, little-endian.</summary>
    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(sizeof(ulong)));

    /// <summary>Reads the next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(long count)
    {
        if (count > _bytes.Length)
        {
            throw new InvalidDataException($"{_source}: truncated: expected {count} more bytes, found {_bytes.Length}.");
        }

        var bytes = _bytes[..(int)count];
        _bytes = _bytes[(int)count..];
        return bytes;
    }

    /// <summary>Reads the tag of a protocol buffer field.</summary>
    public (ulong Field, ProtobufWireType Type) ReadTag()
    {
        var tag = ReadVarint();
        return (tag >> 3, (ProtobufWireType)(tag & 7));
    }

    /// <summary>Skips the value of a field.</summary>
    public void Skip(ProtobufWireType type)
    {
        switch (type)
        {
            case ProtobufWireType.Varint:
                ReadVarint();
                break;
            case ProtobufWireType.Fixed64:
                ReadFixed64();
                break;
            case ProtobufWireType.Bytes:
                ReadBytes(ReadLength());
                break;
            case ProtobufWireType.Fixed32:
                ReadFixed32();
                break;
            default:
                throw new InvalidDataException($"{_source}: a field has the wire type {(int)type}, which is not supported.");
        }
    }
}
