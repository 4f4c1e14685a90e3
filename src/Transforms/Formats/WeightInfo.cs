namespace IGptMl.Formats;

/// <summary>The name, type and shape of an array in a weight file. Arrays are row-major; a shape without dimensions is one element.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The type of the stored elements.</param>
/// <param name="Shape">The sizes, outermost first; none is negative.</param>
internal sealed record WeightInfo(string Name, WeightType Type, long[] Shape)
{
    /// <summary>The number of elements.</summary>
    /// <exception cref="ArgumentException">The shape has a negative size, or its bytes do not fit in 63 bits (thrown by the constructor).</exception>
    public long Count { get; } = TryCount(Shape, WeightTypes.SizeOf(Type), out var count)
        ? count
        : throw new ArgumentException(
            $"Tensor '{Name}': the shape [{string.Join(", ", Shape)}] has a negative size or more bytes than 63 bits can count.", nameof(Shape));

    /// <summary>The number of bytes, when stored without gaps.</summary>
    public long ByteCount => Count * WeightTypes.SizeOf(Type);

    /// <summary>Multiplies the sizes. False if one is negative or the number of bytes overflows, even if another size is zero.</summary>
    public static bool TryCount(ReadOnlySpan<long> shape, int elementSize, out long count)
    {
        count = 0;
        long product = elementSize;
        var empty = false;
        foreach (var size in shape)
        {
            if (size < 0 || product > long.MaxValue / Math.Max(size, 1))
            {
                return false;
            }

            empty |= size == 0;
            product *= Math.Max(size, 1);
        }

        count = empty ? 0 : product / elementSize;
        return true;
    }

    /// <summary>Whether the array has exactly these sizes.</summary>
    public bool HasShape(params ReadOnlySpan<long> shape) => shape.SequenceEqual(Shape);

    /// <summary>The name, type and sizes, for messages.</summary>
    public override string ToString() => $"'{Name}' {Type}[{string.Join(", ", Shape)}]";
}
