using System.Buffers.Binary;

namespace IGptMl.Samples.OnnxSampling;

/// <summary>Writes a picture as a Windows bitmap, which needs no library.</summary>
public static class Bitmap
{
    private const int Header = 54;

    /// <summary>Writes a square of pixels, each red, green and blue, row by row from the top.</summary>
    public static void Write(string path, int side, IReadOnlyList<byte[]> pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var stride = ((3 * side) + 3) / 4 * 4;
        var bytes = new byte[Header + (stride * side)];
        (bytes[0], bytes[1]) = ((byte)'B', (byte)'M');
        (int Offset, int Value)[] fields = [(2, bytes.Length), (10, Header), (14, 40), (18, side), (22, side), (34, stride * side)];
        foreach (var (offset, value) in fields)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        }

        (bytes[26], bytes[28]) = (1, 24); // one plane of 24 bits
        for (var i = 0; i < pixels.Count; i++)
        {
            var start = Header + (stride * (side - 1 - (i / side))) + (3 * (i % side)); // the lowest row is first
            (bytes[start], bytes[start + 1], bytes[start + 2]) = (pixels[i][2], pixels[i][1], pixels[i][0]);
        }

        File.WriteAllBytes(path, bytes);
    }
}
