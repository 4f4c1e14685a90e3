namespace IGptMl.Formats;

/// <summary>The names of element types in safetensors files.</summary>
internal static class SafetensorsTypes
{
    private static readonly (string Name, WeightType Type)[] Names =
    [
        ("F32", WeightType.Float32),
        ("F16", WeightType.Float16),
        ("BF16", WeightType.BFloat16),
        ("F64", WeightType.Float64),
        ("I8", WeightType.Int8),
        ("I16", WeightType.Int16),
        ("I32", WeightType.Int32),
        ("I64", WeightType.Int64),
        ("U8", WeightType.UInt8),
        ("U16", WeightType.UInt16),
        ("U32", WeightType.UInt32),
        ("U64", WeightType.UInt64),
        ("BOOL", WeightType.Bool),
    ];

    /// <summary>The type with this name, or null.</summary>
    public static WeightType? Find(string name)
    {
        foreach (var entry in Names)
        {
            if (entry.Name == name)
            {
                return entry.Type;
            }
        }

        return null;
    }

    /// <summary>The name of this type.</summary>
    public static string NameOf(WeightType type) => Array.Find(Names, entry => entry.Type == type).Name;
}
