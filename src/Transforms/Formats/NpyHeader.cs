namespace IGptMl.Formats;

/// <summary>The header of an npy file: element type and shape, in C order.</summary>
internal sealed class NpyHeader
{
    /// <summary>Creates a header. <see cref="NpyFormat"/> has checked that the element count does not overflow.</summary>
    public NpyHeader(NpyType type, IReadOnlyList<long> shape, long count)
    {
        Type = type;
        Shape = shape;
        Count = count;
    }

    public NpyType Type { get; }

    /// <summary>The dimensions; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements: the product of the dimensions.</summary>
    public long Count { get; }

    /// <summary>Bytes per element.</summary>
    public int ElementSize => Type switch
    {
        NpyType.UInt8 => 1,
        NpyType.UInt16 => 2,
        NpyType.Float32 or NpyType.Int32 => 4,
        _ => 8,
    };

    /// <summary>Bytes of all elements.</summary>
    public long ByteCount => Count * ElementSize;

    /// <summary>The shape in Python's notation, for messages: "(512, 3)".</summary>
    public string ShapeText => ToText(Shape);

    internal static string ToText(IReadOnlyList<long> shape) => shape.Count == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
}
