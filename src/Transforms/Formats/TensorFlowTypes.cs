namespace IGptMl.Formats;

/// <summary>The numeric values of TensorFlow's element types (the enum DataType of types.proto).</summary>
internal static class TensorFlowTypes
{
    /// <summary>The type with this value, or null.</summary>
    public static WeightType? Find(int number) => number switch
    {
        1 => WeightType.Float32,
        2 => WeightType.Float64,
        3 => WeightType.Int32,
        4 => WeightType.UInt8,
        5 => WeightType.Int16,
        6 => WeightType.Int8,
        9 => WeightType.Int64,
        10 => WeightType.Bool,
        14 => WeightType.BFloat16,
        17 => WeightType.UInt16,
        19 => WeightType.Float16,
        22 => WeightType.UInt32,
        23 => WeightType.UInt64,
        _ => null,
    };
}
