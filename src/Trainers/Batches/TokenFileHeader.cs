using System.Buffers.Binary;
using IGptMl.Formats;

namespace IGptMl.Batches;

/// <summary>The first 64 bytes of a token file. Integers are little-endian.</summary>
/// <param name="Colors">The number of token values, 1 to 65,535.</param>
/// <param name="ContextLength">The number of tokens per row, at least 1.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Skipped">The number of rows of the data that were skipped because their tokens are missing.</param>
/// <param name="IsLabeled">Whether every row has a label.</param>
/// <param name="DescriptionBytes">The size of the description at the end of the file.</param>
/// <param name="ContentChecksum">The CRC-32C of everything after these 64 bytes.</param>
internal sealed record TokenFileHeader(int Colors, int ContextLength, int Rows, long Skipped, bool IsLabeled, int DescriptionBytes, uint ContentChecksum)
{
    /// <summary>The size of the header in bytes.</summary>
    internal const int Size = 64;

    private const int ChecksumAt = Size - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "IGPTTOK1"u8;

    /// <summary>The size of all tokens in bytes.</summary>
    internal long TokenBytes => (long)Rows * ContextLength * sizeof(ushort);

    /// <summary>The offset of the labels, four bytes each.</summary>
    internal long LabelsAt => Size + TokenBytes;

    /// <summary>The offset of the description.</summary>
    internal long DescriptionAt => LabelsAt + (IsLabeled ? (long)Rows * sizeof(int) : 0);

    /// <summary>The size of the whole file.</summary>
    internal long FileBytes => DescriptionAt + DescriptionBytes;

    /// <summary>Writes the header.</summary>
    internal byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Colors);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), ContextLength);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), Rows);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(20), Skipped);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), IsLabeled ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(32), DescriptionBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), ContentChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Checksum(bytes));
        return bytes;
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a header, or damaged; the message is a clause, to be completed by the caller.</exception>
    internal static TokenFileHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size || !bytes.StartsWith(Magic))
        {
            throw new InvalidDataException("it does not begin as a token file of version 1");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Checksum(bytes))
        {
            throw new InvalidDataException("its header does not have the checksum that it names");
        }

        var header = new TokenFileHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]) == 1,
            BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]));
        return header is { Colors: >= 1 and <= ushort.MaxValue, ContextLength: >= 1, Rows: >= 0, Skipped: >= 0, DescriptionBytes: >= 0 }
            ? header
            : throw new InvalidDataException("its header holds invalid values");
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes) => ~Crc32C.Append(Crc32C.Start, bytes[..ChecksumAt]);
}
