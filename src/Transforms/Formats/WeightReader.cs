using System.Diagnostics.CodeAnalysis;

namespace IGptMl.Formats;

/// <summary>A weight file, read as named arrays. One array is read at a time. Instances are not thread-safe.</summary>
internal abstract class WeightReader : IDisposable
{
    private readonly Dictionary<string, WeightInfo> _byName;

    private readonly IReadOnlyDictionary<string, string>? _unreadable;

    /// <summary>
    /// Takes the file's name for messages, its arrays, whose names are unique, and the names of arrays that cannot be read, with the reasons.
    /// </summary>
    protected WeightReader(string source, IReadOnlyList<WeightInfo> weights, IReadOnlyDictionary<string, string>? unreadable = null)
    {
        _unreadable = unreadable;
        Source = source;
        Weights = weights;
        _byName = weights.ToDictionary(weight => weight.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's name in messages.</summary>
    public string Source { get; }

    /// <summary>Every array of the file, in the file's order.</summary>
    public IReadOnlyList<WeightInfo> Weights { get; }

    /// <summary>Finds an array by name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out WeightInfo? weight) => _byName.TryGetValue(name, out weight);

    /// <summary>Opens an array for reading in pieces. Dispose the result before opening another array.</summary>
    /// <exception cref="InvalidDataException">The file has no array of this name.</exception>
    public WeightData OpenTensor(string name)
    {
        if (_byName.TryGetValue(name, out var weight))
        {
            return new WeightData(Source, weight, OpenBytes(weight));
        }

        throw new InvalidDataException(_unreadable is not null && _unreadable.TryGetValue(name, out var reason)
            ? $"{Source}: tensor '{name}' cannot be read: {reason}."
            : $"{Source}: contains no tensor '{name}'.");
    }

    /// <summary>Reads a whole floating-point array, converted to single precision.</summary>
    /// <exception cref="InvalidDataException">The array is missing, its elements are not floating-point, or the file is damaged.</exception>
    /// <exception cref="ArgumentException">The destination does not have the array's number of elements.</exception>
    public void ReadFloat32(string name, Span<float> destination)
    {
        using var data = OpenTensor(name);
        CheckLength(data.Info, destination.Length);
        data.ReadFloat32(destination);
    }

    /// <summary>Reads a whole integer array, widened to 64 bits.</summary>
    /// <exception cref="InvalidDataException">The array is missing, its elements are not integers, or the file is damaged.</exception>
    /// <exception cref="ArgumentException">The destination does not have the array's number of elements.</exception>
    public void ReadInt64(string name, Span<long> destination)
    {
        using var data = OpenTensor(name);
        CheckLength(data.Info, destination.Length);
        data.ReadInt64(destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the bytes of one of <see cref="Weights"/>, row-major and contiguous.</summary>
    internal abstract Stream OpenBytes(WeightInfo weight);

    /// <summary>Closes the files.</summary>
    protected abstract void Dispose(bool disposing);

    private static void CheckLength(WeightInfo weight, int length)
    {
        if (length != weight.Count)
        {
            throw new ArgumentException($"Tensor {weight} has {weight.Count} elements; the destination has {length}.");
        }
    }
}
