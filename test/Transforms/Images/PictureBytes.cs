using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace IGptMl.Tests.Images;

/// <summary>Small picture files, put together byte by byte.</summary>
internal static class PictureBytes
{
    /// <summary>A TIFF header with one tag, the orientation, as EXIF stores it.</summary>
    public static byte[] Exif(int orientation, bool isLittle = false) => isLittle
        ? [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0]
        : [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    /// <summary>A PNG. Each row of <paramref name="data"/> begins with its filter, 0.</summary>
    public static byte[] Png(int width, int height, int depth, int colorType, byte[] data, bool isInterlaced = false,
        (string Type, byte[] Data)[]? before = null, (string Type, byte[] Data)[]? after = null)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(data);
        }

        byte[] header = [.. BigEndian(width), .. BigEndian(height), (byte)depth, (byte)colorType, 0, 0, (byte)(isInterlaced ? 1 : 0)];
        (string Type, byte[] Data)[] chunks = [("IHDR", header), .. before ?? [], ("IDAT", packed.ToArray()), .. after ?? [], ("IEND", [])];
        return [0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n', .. chunks.SelectMany(chunk => Chunk(chunk.Type, chunk.Data))];
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>A WebP of version VP8X with an EXIF chunk, from one that has only the chunk of its pixels.</summary>
    public static byte[] WithExif(byte[] webp, int width, int height, byte[] exif)
    {
        byte[] extended = [0x08, 0, 0, 0, (byte)(width - 1), 0, 0, (byte)(height - 1), 0, 0];
        byte[] body = [.. "WEBP"u8, .. RiffChunk("VP8X", extended), .. webp[12..], .. RiffChunk("EXIF", exif)];
        return RiffChunk("RIFF", body);
    }

    /// <summary>A JPEG of 8 x 8 pixels of one color, with the stored values of its components, as a frame of the given kind.</summary>
    /// <param name="values">One value of gray, three of Y, Cb, Cr, or four of C, M, Y, K.</param>
    /// <param name="frame">0xC0 for a baseline JPEG, 0xC2 for a progressive one.</param>
    /// <param name="adobeTransform">Adobe's note of the color space; null for none.</param>
    public static byte[] Jpeg(byte[] values, byte frame = 0xC0, byte? adobeTransform = null)
    {
        var count = (byte)values.Length;
        var components = values.Select((_, i) => (byte)(i + 1)).ToArray();
        byte[] adobe = adobeTransform is { } transform ? Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform]) : [];
        var quantization = Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        var start = Segment(frame, [8, 0, 8, 0, 8, count, .. components.SelectMany(c => (byte[])[c, 0x11, 0])]);
        // Twelve sizes of a DC difference with codes of four bits, and for AC the end of the block with a code of one bit.
        var dc = Segment(0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], .. Enumerable.Range(0, 12).Select(i => (byte)i)]);
        var ac = Segment(0xC4, [0x10, 1, .. new byte[15], 0]);
        var isProgressive = frame == 0xC2;
        var scan = Segment(0xDA, [count, .. components.SelectMany(c => (byte[])[c, 0x00]), 0, (byte)(isProgressive ? 0 : 63), 0]);
        var bits = string.Concat(values.Select(value => Difference(8 * (value - 128)) + (isProgressive ? string.Empty : "0")));
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        var data = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(8 * i, 8), 2))
            .SelectMany(value => value == 0xFF ? new byte[] { 0xFF, 0 } : [value]);
        return [0xFF, 0xD8, .. adobe, .. quantization, .. start, .. dc, .. ac, .. scan, .. data, 0xFF, 0xD9];
    }

    /// <summary>A BMP with rows from the bottom, of 24 or 32 bits or with a palette of 8.</summary>
    public static byte[] Bmp(int width, int height, int depth, byte[] palette, byte[] rows)
    {
        var start = 54 + palette.Length;
        var header = new byte[54];
        "BM"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(2), start + rows.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(10), start);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(22), height);
        header[26] = 1;
        header[28] = (byte)depth;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(46), palette.Length / 4);
        return [.. header, .. palette, .. rows];
    }

    private static string Difference(int value)
    {
        var size = value == 0 ? 0 : BitOperations.Log2((uint)Math.Abs(value)) + 1;
        var bits = value >= 0 ? value : value + (1 << size) - 1;
        return Convert.ToString(size, 2).PadLeft(4, '0') + (size == 0 ? string.Empty : Convert.ToString(bits, 2).PadLeft(size, '0'));
    }

    private static byte[] Segment(byte marker, byte[] body) => [0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body];

    private static byte[] RiffChunk(string type, byte[] body)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        return [.. Encoding.ASCII.GetBytes(type), .. length, .. body, .. new byte[body.Length % 2]];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(type), .. data];
        var (length, checksum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32(content));
        return [.. length, .. content, .. checksum];
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320);
            }
        }

        return ~crc;
    }
}
