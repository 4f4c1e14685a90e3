using System.Buffers.Binary;
using System.Text;

namespace IGptMl.Formats;

/// <summary>Writes the fields of a protocol buffer message (protobuf.dev, "Encoding"). Fields that are repeated are written once for each value.</summary>
internal sealed class ProtobufWriter
{
    private readonly MemoryStream _bytes = new();

    /// <summary>The message that has been written so far.</summary>
    internal ReadOnlySpan<byte> Written => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    /// <summary>Writes an integer, also an enumeration's.</summary>
    internal ProtobufWriter Integer(int field, long value)
    {
        Tag(field, ProtobufWireType.Varint);
        Varint((ulong)value);
        return this;
    }

    /// <summary>Writes a single-precision number.</summary>
    internal ProtobufWriter Single(int field, float value)
    {
        Tag(field, ProtobufWireType.Fixed32);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Writes a text as UTF-8.</summary>
    internal ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes bytes.</summary>
    internal ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Start(field, value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Writes a message within this message.</summary>
    internal ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.Written);

    /// <summary>Writes the fields of another message behind those of this one.</summary>
    internal ProtobufWriter Append(ProtobufWriter other)
    {
        _bytes.Write(other.Written);
        return this;
    }

    /// <summary>Writes what precedes the content of a field with bytes; the caller writes the content elsewhere.</summary>
    internal ProtobufWriter Start(int field, long length)
    {
        Tag(field, ProtobufWireType.Bytes);
        Varint((ulong)length);
        return this;
    }

    private void Tag(int field, ProtobufWireType type) => Varint(((ulong)field << 3) | (ulong)type);

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.WriteByte((byte)(value | 0x80));
        }

        _bytes.WriteByte((byte)value);
    }
}
