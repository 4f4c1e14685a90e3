namespace IGptMl.Formats;

/// <summary>The element types of an npy file that are supported.</summary>
internal enum NpyType
{
    /// <summary>'f4', of either byte order</summary>
    Float32,

    /// <summary>'f8', of either byte order</summary>
    Float64,

    /// <summary>'u1', and 'b1' for truth values</summary>
    UInt8,

    /// <summary>'u2', of either byte order</summary>
    UInt16,

    /// <summary>'i4', of either byte order</summary>
    Int32,

    /// <summary>'i8', of either byte order</summary>
    Int64,

    /// <summary>'f2', of either byte order</summary>
    Float16,

    /// <summary>'i1'</summary>
    Int8,

    /// <summary>'i2', of either byte order</summary>
    Int16,

    /// <summary>'u4', of either byte order</summary>
    UInt32,
}
