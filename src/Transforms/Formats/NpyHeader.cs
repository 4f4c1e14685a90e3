namespace IGptMl.Formats;

/// <summary>The header of an npy file: element type, shape and layout.</summary>
internal sealed class NpyHeader
{
    /// <summary>Creates a header. <see cref="NpyFormat"/> has checked that the element count does not overflow.</summary>
    public NpyHeader(NpyType type, IReadOnlyList<long> shape, long count, bool isFortran = false, bool isBigEndian = false)
    {
        IsFortran = isFortran;
        IsBigEndian = isBigEndian;
        Type = type;
        Shape = shape;
        Count = count;
    }

    public NpyType Type { get; }

    /// <summary>The dimensions; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Whether the file has the elements in Fortran order: the first index changes fastest.</summary>
    public bool IsFortran { get; }

    /// <summary>Whether the file has the most significant byte of an element first.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Whether the elements are integers.</summary>
    public bool IsInteger => Type is not (NpyType.Float16 or NpyType.Float32 or NpyType.Float64);

    /// <summary>Number of elements: the product of the dimensions.</summary>
    public long Count { get; }

    /// <summary>Bytes per element.</summary>
    public int ElementSize => Type switch
    {
        NpyType.UInt8 or NpyType.Int8 => 1,
        NpyType.UInt16 or NpyType.Int16 or NpyType.Float16 => 2,
        NpyType.Float32 or NpyType.Int32 or NpyType.UInt32 => 4,
        _ => 8,
    };

    /// <summary>Bytes of all elements.</summary>
    public long ByteCount => Count * ElementSize;

    /// <summary>The shape in Python's notation, for messages: "(512, 3)".</summary>
    public string ShapeText => ToText(Shape);

    internal static string ToText(IReadOnlyList<long> shape) => shape.Count == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
}
