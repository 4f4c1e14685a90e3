namespace IGptMl.Formats;

/// <summary>The element types of an npy file that are supported, all little-endian.</summary>
internal enum NpyType
{
    /// <summary>'&lt;f4'</summary>
    Float32,

    /// <summary>'&lt;f8'</summary>
    Float64,

    /// <summary>'|u1'</summary>
    UInt8,

    /// <summary>'&lt;u2'</summary>
    UInt16,

    /// <summary>'&lt;i4'</summary>
    Int32,

    /// <summary>'&lt;i8'</summary>
    Int64,
}
