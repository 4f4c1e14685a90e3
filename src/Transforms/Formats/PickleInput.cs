using System.Buffers.Binary;
using System.Text;

namespace IGptMl.Formats;

/// <summary>The numbers and texts that a pickle's instructions carry, read from a seekable stream.</summary>
internal sealed class PickleInput
{
    // The names that are known have about thirty letters.
    private const int MaxLineLength = 256;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _stream;
    private readonly string _source;
    private readonly long _end;

    /// <summary>Reads on from where the stream stands; <paramref name="source"/> names the pickle in messages.</summary>
    public PickleInput(Stream stream, string source)
    {
        _stream = stream;
        _source = source;
        _end = stream.Length;
    }

    /// <summary>What is thrown for a pickle that no pickler wrote.</summary>
    public InvalidDataException Damaged(string how) => new($"{_source}: the pickle is damaged: {how}.");

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => _stream.ReadByte() is >= 0 and var value ? (byte)value : throw Damaged("it ends early");

    /// <summary>Reads two bytes, little-endian.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(stackalloc byte[sizeof(ushort)]));

    /// <summary>Reads four bytes, little-endian.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(stackalloc byte[sizeof(uint)]));

    /// <summary>Reads eight bytes, big-endian as pickles have their floats.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(stackalloc byte[sizeof(double)]));

    /// <summary>Reads an integer of <paramref name="length"/> bytes, little-endian two's complement; 0 to 8 bytes.</summary>
    public long ReadInteger(int length)
    {
        if (length > sizeof(long))
        {
            throw Damaged($"it has an integer of {length} bytes");
        }

        if (length == 0)
        {
            return 0;
        }

        // Placed at the top, and shifted down with its sign.
        Span<byte> padded = stackalloc byte[sizeof(long)];
        padded.Clear();
        ReadBytes(padded[(sizeof(long) - length)..]);
        return BinaryPrimitives.ReadInt64LittleEndian(padded) >> (8 * (sizeof(long) - length));
    }

    /// <summary>Reads text of <paramref name="length"/> bytes.</summary>
    public string ReadText(uint length)
    {
        if (length > _end - _stream.Position || length > Array.MaxLength)
        {
            throw Damaged("it ends early");
        }

        var bytes = new byte[length];
        ReadBytes(bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{_source}: the pickle has text that is not UTF-8.", exception);
        }
    }

    /// <summary>Reads letters up to the end of a line.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        for (var letter = ReadByte(); letter != '\n'; letter = ReadByte())
        {
            line.Append((char)letter);
            if (line.Length > MaxLineLength)
            {
                throw Damaged($"a name has more than {MaxLineLength} letters");
            }
        }

        return line.ToString();
    }

    private Span<byte> ReadBytes(Span<byte> destination) =>
        _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) == destination.Length ? destination : throw Damaged("it ends early");
}
