namespace IGptMl.Formats;

/// <summary>The few functions and classes that a state dict needs, implemented here. Every other name is refused.</summary>
internal static class PyTorchGlobals
{
    // Far more than any weight has. A pickle can repeat one shape in a few bytes, so shapes of unlimited rank could need far more memory than the file has.
    private const int MaxRank = 16;

    private static readonly PickleGlobal OrderedDictionary = new("collections", "OrderedDict");
    private static readonly PickleGlobal RebuildTensor = new("torch._utils", "_rebuild_tensor_v2");
    private static readonly PickleGlobal RebuildParameter = new("torch._utils", "_rebuild_parameter");

    private static readonly Dictionary<PickleGlobal, WeightType> Storages = new()
    {
        [new("torch", "FloatStorage")] = WeightType.Float32,
        [new("torch", "HalfStorage")] = WeightType.Float16,
        [new("torch", "BFloat16Storage")] = WeightType.BFloat16,
        [new("torch", "DoubleStorage")] = WeightType.Float64,
        [new("torch", "CharStorage")] = WeightType.Int8,
        [new("torch", "ShortStorage")] = WeightType.Int16,
        [new("torch", "IntStorage")] = WeightType.Int32,
        [new("torch", "LongStorage")] = WeightType.Int64,
        [new("torch", "ByteStorage")] = WeightType.UInt8,
        [new("torch", "BoolStorage")] = WeightType.Bool,
    };

    /// <summary>Checks that a name is one of those that a state dict needs.</summary>
    /// <exception cref="InvalidDataException">It is another name.</exception>
    public static PickleGlobal Check(PickleGlobal global, string source) =>
        global == OrderedDictionary || global == RebuildTensor || global == RebuildParameter || Storages.ContainsKey(global)
            ? global
            : throw new InvalidDataException($"{source}: the pickle names '{global}', which a state dict does not need; nothing of it was run.");

    /// <summary>What the function returns for the arguments.</summary>
    /// <exception cref="InvalidDataException">The name is not a function, or the arguments are not valid for it.</exception>
    public static object? Call(PickleGlobal function, object?[] arguments, string source)
    {
        if (function == OrderedDictionary && arguments.Length == 0)
        {
            return new PickleDictionary();
        }

        if (function == RebuildParameter && arguments is [PyTorchTensor data, ..])
        {
            return data;
        }

        if (function == RebuildTensor
            && arguments is [PyTorchStorage storage, long offset, object?[] shape, object?[] strides, ..]
            && shape.Length == strides.Length
            && shape.Length <= MaxRank
            && ToLongs(shape) is { } sizes
            && ToLongs(strides) is { } steps)
        {
            return new PyTorchTensor(storage, offset, sizes, steps);
        }

        throw new InvalidDataException($"{source}: the pickle calls '{function}' with arguments that are not valid for it.");
    }

    /// <summary>
    /// The storage that a persistent id describes: ("storage", its class, its key, the device, its number of elements, and in old files a view).
    /// </summary>
    /// <exception cref="InvalidDataException">The id does not describe a storage.</exception>
    public static PyTorchStorage FindStorage(object? id, string source)
    {
        if (id is not object?[] { Length: 5 or 6 } parts
            || parts is not ["storage", PickleGlobal kind, string key, string, long count, ..]
            || !Storages.TryGetValue(kind, out var type))
        {
            throw new InvalidDataException($"{source}: the pickle has a persistent id that does not describe a storage.");
        }

        if (parts is [.., _, not null] and { Length: 6 })
        {
            throw new InvalidDataException($"{source}: storage '{key}' is a view of another storage, which is not supported.");
        }

        return count >= 0 && count <= long.MaxValue / WeightTypes.SizeOf(type)
            ? new PyTorchStorage(key, type, count)
            : throw new InvalidDataException($"{source}: storage '{key}' claims {count} elements.");
    }

    private static long[]? ToLongs(object?[] values) =>
        Array.TrueForAll(values, value => value is long) ? Array.ConvertAll(values, value => (long)value!) : null;
}
