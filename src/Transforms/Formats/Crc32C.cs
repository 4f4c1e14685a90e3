using System.Buffers.Binary;
using System.Numerics;

namespace IGptMl.Formats;

/// <summary>The Castagnoli checksum, and the form in which LevelDB and TensorFlow store it.</summary>
internal static class Crc32C
{
    /// <summary>The running value before any bytes.</summary>
    public const uint Start = uint.MaxValue;

    // From LevelDB's format: a checksum of bytes that hold checksums would be weak, so the stored ones are rotated and shifted.
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>Takes more bytes into a running value.</summary>
    public static uint Append(uint running, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            running = BitOperations.Crc32C(running, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            running = BitOperations.Crc32C(running, value);
        }

        return running;
    }

    /// <summary>The stored form of a running value.</summary>
    public static uint Mask(uint running) => BitOperations.RotateRight(~running, 15) + MaskDelta;
}
