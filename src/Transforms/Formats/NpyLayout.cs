using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace IGptMl.Formats;

/// <summary>Brings the elements of an array into the layout of this machine: little-endian, row-major.</summary>
internal static class NpyLayout
{
    /// <summary>Reverses the bytes of each element.</summary>
    public static void SwapBytes(Span<byte> bytes, int elementSize)
    {
        switch (elementSize)
        {
            case 2:
                var pairs = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(pairs, pairs);
                break;
            case 4:
                var quads = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(quads, quads);
                break;
            case 8:
                var octets = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(octets, octets);
                break;
        }
    }

    /// <summary>Copies an array from Fortran order, in which the first index changes fastest, to C order, in which the last one does.</summary>
    public static byte[] ToRowMajor(ReadOnlySpan<byte> bytes, IReadOnlyList<long> shape, int elementSize)
    {
        var result = new byte[bytes.Length];
        var steps = new int[shape.Count];
        var index = new int[shape.Count];
        for (int axis = 0, step = elementSize; axis < steps.Length && bytes.Length > 0; axis++)
        {
            steps[axis] = step;
            step = checked((int)(step * shape[axis]));
        }

        for (int to = 0, from = 0; to < result.Length; to += elementSize)
        {
            bytes.Slice(from, elementSize).CopyTo(result.AsSpan(to));
            for (var axis = steps.Length - 1; axis >= 0; axis--)
            {
                from += steps[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= steps[axis] * index[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
