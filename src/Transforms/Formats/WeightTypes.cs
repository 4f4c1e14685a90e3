using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace IGptMl.Formats;

/// <summary>Sizes and conversions of <see cref="WeightType"/>. Stored bytes are little-endian, as is every machine that libtorch supports.</summary>
internal static class WeightTypes
{
    /// <summary>Bytes per element.</summary>
    public static int SizeOf(WeightType type) => type switch
    {
        WeightType.Int8 or WeightType.UInt8 or WeightType.Bool => 1,
        WeightType.Float16 or WeightType.BFloat16 or WeightType.Int16 or WeightType.UInt16 => 2,
        WeightType.Float32 or WeightType.Int32 or WeightType.UInt32 => 4,
        WeightType.Float64 or WeightType.Int64 or WeightType.UInt64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a weight type."),
    };

    /// <summary>Whether <see cref="ToFloat32"/> supports this type.</summary>
    public static bool IsFloat(WeightType type) =>
        type is WeightType.Float32 or WeightType.Float16 or WeightType.BFloat16 or WeightType.Float64;

    /// <summary>Whether <see cref="ToInt64"/> supports this type: every integer type whose values fit in Int64, and Bool as 0 and 1.</summary>
    public static bool IsInteger(WeightType type) => !IsFloat(type) && type != WeightType.UInt64;

    /// <summary>Converts stored elements of a floating-point type to Float32. Float64 is rounded to nearest.</summary>
    public static void ToFloat32(WeightType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        Debug.Assert(source.Length == (long)destination.Length * SizeOf(type));
        switch (type)
        {
            case WeightType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case WeightType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case WeightType.BFloat16:
                var halves = MemoryMarshal.Cast<byte, ushort>(source);
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                }

                break;
            case WeightType.Float64:
                Convert<double, float>(source, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not a floating-point type.");
        }
    }

    /// <summary>Converts stored elements of an integer type to Int64.</summary>
    public static void ToInt64(WeightType type, ReadOnlySpan<byte> source, Span<long> destination)
    {
        Debug.Assert(source.Length == (long)destination.Length * SizeOf(type));
        switch (type)
        {
            case WeightType.Int64:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case WeightType.Int32:
                Convert<int, long>(source, destination);
                break;
            case WeightType.UInt32:
                Convert<uint, long>(source, destination);
                break;
            case WeightType.Int16:
                Convert<short, long>(source, destination);
                break;
            case WeightType.UInt16:
                Convert<ushort, long>(source, destination);
                break;
            case WeightType.Int8:
                Convert<sbyte, long>(source, destination);
                break;
            case WeightType.UInt8 or WeightType.Bool:
                Convert<byte, long>(source, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not an integer type whose values fit in Int64.");
        }
    }

    private static void Convert<TSource, TDestination>(ReadOnlySpan<byte> source, Span<TDestination> destination)
        where TSource : unmanaged, INumberBase<TSource>
        where TDestination : unmanaged, INumberBase<TDestination> =>
        TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, TSource>(source), destination);
}
