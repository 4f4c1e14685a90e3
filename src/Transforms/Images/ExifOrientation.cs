using System.Buffers.Binary;

namespace IGptMl.Images;

/// <summary>
/// Finds the EXIF orientation of PNG (chunk eXIf) and WebP files, which their codecs do not tell. That of a JPEG is found by its codec; other formats have
/// none.
/// </summary>
internal static class ExifOrientation
{
    private const int Upright = 1;
    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;
    private const int EntryBytes = 12;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Finds the orientation, 1 to 8, in the content of a file; 1 if there is none, or if it is damaged.</summary>
    public static int Find(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(PngSignature))
        {
            return FindChunk(file[PngSignature.Length..], "eXIf"u8, isPng: true);
        }

        return file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? FindChunk(file[12..], "EXIF"u8, isPng: false) : Upright;
    }

    /// <summary>A PNG chunk is its length, type, data and checksum; a RIFF chunk is its type, length and data, padded to an even length.</summary>
    private static int FindChunk(ReadOnlySpan<byte> chunks, ReadOnlySpan<byte> wanted, bool isPng)
    {
        const int Head = 8, Checksum = 4;
        while (chunks.Length >= Head)
        {
            var length = isPng ? BinaryPrimitives.ReadUInt32BigEndian(chunks) : BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            var isWanted = chunks[(isPng ? 4 : 0)..].StartsWith(wanted);
            chunks = chunks[Head..];
            if (length > chunks.Length)
            {
                return Upright;
            }

            if (isWanted)
            {
                return Parse(chunks[..(int)length]);
            }

            var whole = length + (isPng ? Checksum : length % 2);
            chunks = chunks[(int)Math.Min(whole, chunks.Length)..];
        }

        return Upright;
    }

    /// <summary>Reads the tag from a TIFF header and the directory that it points to. Some writers put "Exif" and two zeros before the header.</summary>
    private static int Parse(ReadOnlySpan<byte> tiff)
    {
        if (tiff.StartsWith("Exif\0\0"u8))
        {
            tiff = tiff[6..];
        }

        var isLittle = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || (!isLittle && !tiff.StartsWith("MM\0*"u8)))
        {
            return Upright;
        }

        var start = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (start > tiff.Length - 2)
        {
            return Upright;
        }

        var directory = tiff[(int)start..];
        var count = UInt16(directory, isLittle);
        directory = directory[2..];
        for (var i = 0; i < count && directory.Length >= EntryBytes; i++, directory = directory[EntryBytes..])
        {
            if (UInt16(directory, isLittle) == OrientationTag && UInt16(directory[2..], isLittle) == ShortType)
            {
                return UInt16(directory[8..], isLittle) is >= 1 and <= 8 and var orientation ? orientation : Upright;
            }
        }

        return Upright;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isLittle)
        => isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
