using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace IGptMl.Onnx;

/// <summary>A constant of a graph: sizes and values, which are read only when they are written.</summary>
internal sealed class OnnxTensor
{
    private readonly Func<float[]>? _floats;
    private readonly long[]? _integers;

    private OnnxTensor(OnnxType type, long[] shape, Func<float[]>? floats, long[]? integers)
    {
        (Type, Shape, _floats, _integers) = (type, shape, floats, integers);
        Count = shape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>The stored type.</summary>
    internal OnnxType Type { get; }

    /// <summary>The sizes, outermost first.</summary>
    internal long[] Shape { get; }

    /// <summary>The number of elements.</summary>
    internal long Count { get; }

    /// <summary>The number of bytes.</summary>
    internal long ByteCount => Count * Type switch { OnnxType.Int64 => sizeof(long), OnnxType.Float16 => 2, _ => sizeof(float) };

    /// <summary>Single-precision values.</summary>
    internal static OnnxTensor Of(float[] values, params long[] shape) => new(OnnxType.Float, shape, () => values, null);

    /// <summary>Integers.</summary>
    internal static OnnxTensor Of(long[] values, params long[] shape) => new(OnnxType.Int64, shape, null, values);

    /// <summary>Single-precision values that are read when they are written, such as weights, of which one at a time is in memory.</summary>
    internal static OnnxTensor Read(Func<float[]> values, params long[] shape) => new(OnnxType.Float, shape, values, null);

    /// <summary>The same values, rounded to half precision.</summary>
    internal OnnxTensor ToFloat16() => new(OnnxType.Float16, Shape, _floats, null);

    /// <summary>The values of a tensor of numbers.</summary>
    internal float[] Floats() => _floats!();

    /// <summary>The values of a tensor of integers.</summary>
    internal long[] Integers() => _integers!;

    /// <summary>Writes the elements, little-endian.</summary>
    /// <exception cref="InvalidOperationException">A weight is too large for half precision.</exception>
    internal void Write(Stream stream, string name)
    {
        if (Type == OnnxType.Int64)
        {
            stream.Write(MemoryMarshal.AsBytes(_integers.AsSpan()));
            return;
        }

        var values = _floats!();
        if (Type == OnnxType.Float)
        {
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            return;
        }

        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        if (Array.FindIndex(halves, half => !Half.IsFinite(half)) is >= 0 and var index)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"float16 cannot hold the weight {values[index]} in '{name}'; its largest value is {(float)Half.MaxValue}. Export float32."));
        }

        stream.Write(MemoryMarshal.AsBytes(halves.AsSpan()));
    }
}
