using System.Text;

namespace IGptMl.Tests.Formats;

/// <summary>Hand-made npy files, well-formed or malformed.</summary>
internal static class NpyBytes
{
    /// <summary>An npy file with this header text and data. The text is not padded.</summary>
    public static byte[] Of(string header, byte[] data, byte version = 1)
    {
        var text = Encoding.Latin1.GetBytes(header + "\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }
}
