using System.Buffers.Binary;

namespace IGptMl.Formats;

/// <summary>Reads the numbers of LevelDB tables and protocol buffers from bytes.</summary>
internal ref struct ByteReader
{
    private const int MaxVarintBytes = 10;

    private readonly string _source;
    private ReadOnlySpan<byte> _bytes;

    /// <summary><paramref name="source"/> names the bytes in messages.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes, string source)
    {
        _bytes = bytes;
        _source = source;
    }

    /// <summary>Whether everything is read.</summary>
    public readonly bool IsEmpty => _bytes.IsEmpty;

    /// <summary>Reads a number of seven bits a byte, lowest first.</summary>
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

        throw new InvalidDataException($"{_source}: a number has more than {MaxVarintBytes} bytes.");
    }

    /// <summary>Reads a number as <see cref="ReadVarint"/> does, that is a length or a position.</summary>
    public long ReadLength() =>
        ReadVarint() is <= long.MaxValue and var value ? (long)value : throw new InvalidDataException($"{_source}: a length is negative.");

    /// <summary>Reads four bytes, little-endian.</summary>
    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(sizeof(uint)));

    /// <summary>Reads eight bytes, little-endian.</summary>
    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(sizeof(ulong)));

    /// <summary>Takes bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(long count)
    {
        if (count > _bytes.Length)
        {
            throw new InvalidDataException($"{_source}: ends early.");
        }

        var bytes = _bytes[..(int)count];
        _bytes = _bytes[(int)count..];
        return bytes;
    }

    /// <summary>Reads the tag of a protocol buffer's field.</summary>
    public (ulong Field, ProtobufWireType Type) ReadTag()
    {
        var tag = ReadVarint();
        return (tag >> 3, (ProtobufWireType)(tag & 7));
    }

    /// <summary>Passes over a field's value.</summary>
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
