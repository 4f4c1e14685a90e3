namespace IGptMl.Onnx;

/// <summary>The types of elements that are written, with their numbers in ONNX (TensorProto.DataType).</summary>
internal enum OnnxType
{
    /// <summary>Single precision.</summary>
    Float = 1,

    /// <summary>A byte.</summary>
    UInt8 = 2,

    /// <summary>A 16-bit integer without sign, the type of tokens in ML.NET.</summary>
    UInt16 = 4,

    /// <summary>A 64-bit integer.</summary>
    Int64 = 7,

    /// <summary>False or true.</summary>
    Bool = 9,

    /// <summary>Half precision.</summary>
    Float16 = 10,

    /// <summary>Double precision.</summary>
    Double = 11,

    /// <summary>A 32-bit integer without sign, the type of ML.NET's keys.</summary>
    UInt32 = 12,
}
