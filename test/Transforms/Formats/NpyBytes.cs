using System.Text;

namespace IGptMl.Tests.Formats;

/// <summary>Npy files made by hand, well-formed or not.</summary>
internal static class NpyBytes
{
    /// <summary>A version 1 file (or of the version given) with this header text and data; the text is not padded.</summary>
    public static byte[] Of(string header, byte[] data, byte version = 1)
    {
        var text = Encoding.Latin1.GetBytes(header + "\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }
}
