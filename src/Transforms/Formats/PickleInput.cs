using System.Buffers.Binary;
using System.Text;

namespace IGptMl.Formats;

/// <summary>The operands of a pickle's instructions (integers, floats and strings), read from a seekable stream.</summary>
internal sealed class PickleInput
{
    // The known names have about thirty characters.
    private const int MaxLineLength = 256;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _stream;
    private readonly string _source;
    private readonly long _end;

    /// <summary>Starts at the stream's position; <paramref name="source"/> names the pickle in error messages.</summary>
    public PickleInput(Stream stream, string source)
    {
        _stream = stream;
        _source = source;
        _end = stream.Length;
    }

    /// <summary>The exception for a pickle that no pickler writes.</summary>
    public InvalidDataException Damaged(string how) => new($"{_source}: the pickle is damaged: {how}.");

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => _stream.ReadByte() is >= 0 and var value ? (byte)value : throw Damaged("it is truncated");

    /// <summary>Reads two bytes, little-endian.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(stackalloc byte[sizeof(ushort)]));

    /// <summary>Reads four bytes, little-endian.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(stackalloc byte[sizeof(uint)]));

    /// <summary>Reads eight bytes, big-endian as all floats of a pickle.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(stackalloc byte[sizeof(double)]));

    /// <summary>Reads an integer of <paramref name="length"/> bytes, little-endian two's complement; 0 to 8 bytes.</summary>
    public long ReadInteger(int length)
    {
        if (length > sizeof(long))
        {
            throw Damaged($"an integer has {length} bytes; at most 8 are supported");
        }

        if (length == 0)
        {
            return 0;
        }

        // The bytes go to the upper end; an arithmetic shift then extends the sign.
        Span<byte> padded = stackalloc byte[sizeof(long)];
        padded.Clear();
        ReadBytes(padded[(sizeof(long) - length)..]);
        return BinaryPrimitives.ReadInt64LittleEndian(padded) >> (8 * (sizeof(long) - length));
    }

    /// <summary>Reads a string of <paramref name="length"/> bytes.</summary>
    public string ReadText(uint length)
    {
        if (length > _end - _stream.Position || length > Array.MaxLength)
        {
            throw Damaged("it is truncated");
        }

        var bytes = new byte[length];
        ReadBytes(bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{_source}: the pickle has a string that is not UTF-8.", exception);
        }
    }

    /// <summary>Reads characters up to the end of a line.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        for (var letter = ReadByte(); letter != '\n'; letter = ReadByte())
        {
            line.Append((char)letter);
            if (line.Length > MaxLineLength)
            {
                throw Damaged($"a name has more than {MaxLineLength} characters");
            }
        }

        return line.ToString();
    }

    private Span<byte> ReadBytes(Span<byte> destination) =>
        _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) == destination.Length ? destination : throw Damaged("it is truncated");
}
