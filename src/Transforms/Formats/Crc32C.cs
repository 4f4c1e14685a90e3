using System.Buffers.Binary;
using System.Numerics;

namespace IGptMl.Formats;

/// <summary>The CRC-32C (Castagnoli) checksum, and its masked variant, which LevelDB and TensorFlow store.</summary>
internal static class Crc32C
{
    /// <summary>The running value before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    // LevelDB's format explains the mask: the checksum of data that contains checksums would be weak, so stored checksums are rotated and offset.
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>Adds bytes to a running value.</summary>
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

    /// <summary>The masked checksum of a running value.</summary>
    public static uint Mask(uint running) => BitOperations.RotateRight(~running, 15) + MaskDelta;
}
