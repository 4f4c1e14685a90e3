using System.Text.Json;
using IGptMl.Numerics;

namespace IGptMl.Formats;

/// <summary>
/// Reads weights that are split into several files (shards) of one folder. The <c>weight_map</c> of an index (<c>model.safetensors.index.json</c>) gives
/// the file of each array. Arrays that the index does not name are ignored. One file is open at a time: the one of the array that was opened last.
/// </summary>
internal sealed class ShardedReader : WeightReader
{
    // An array takes about 100 bytes of the index; a million arrays are far more than any model has.
    private const int MaxIndexBytes = 100_000_000;

    private readonly Func<string, WeightReader> _open;
    private readonly IReadOnlyDictionary<string, string> _paths;
    private WeightReader? _shard;
    private string? _shardPath;

    private ShardedReader(string source, IReadOnlyList<WeightInfo> weights, IReadOnlyDictionary<string, string> paths, Func<string, WeightReader> open)
        : base(source, weights)
    {
        _paths = paths;
        _open = open;
    }

    /// <summary>Reads the index and the header of every file it names.</summary>
    /// <param name="indexPath">The index; its files are in the same folder.</param>
    /// <param name="open">Opens one file; by default as safetensors.</param>
    /// <exception cref="InvalidDataException">The index is damaged, names a file outside its folder, or names a file or an array that is missing.</exception>
    public static ShardedReader OpenFile(string indexPath, Func<string, WeightReader>? open = null)
    {
        open ??= SafetensorsReader.OpenFile;
        var map = ReadMap(indexPath);
        var folder = Path.GetDirectoryName(Path.GetFullPath(indexPath))!;
        var weights = new List<WeightInfo>();
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var shard in map.GroupBy(entry => entry.Value, StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, shard.Key);
            if (!File.Exists(path))
            {
                throw new InvalidDataException($"{indexPath}: the file '{shard.Key}', which holds tensor '{shard.First().Key}', is missing.");
            }

            using var reader = open(path);
            foreach (var (name, _) in shard)
            {
                weights.Add(reader.TryFind(name, out var weight)
                    ? weight
                    : throw new InvalidDataException($"{indexPath}: tensor '{name}' is not in the file '{shard.Key}'."));
                paths.Add(name, path);
            }
        }

        return new ShardedReader(indexPath, weights, paths, open);
    }

    /// <summary>Reads the names of the files of an index, which need not exist yet.</summary>
    /// <exception cref="InvalidDataException">The index is damaged, or names a file outside its folder.</exception>
    internal static IReadOnlyList<string> ReadFileNames(string indexPath) => [.. ReadMap(indexPath).Values.Distinct(StringComparer.Ordinal)];

    /// <inheritdoc/>
    internal override Stream OpenBytes(WeightInfo weight)
    {
        var path = _paths[weight.Name];
        if (_shardPath != path)
        {
            _shard?.Dispose();
            _shardPath = null;
            _shard = _open(path);
            _shardPath = path;
        }

        // The file may have been replaced since the index was read.
        return _shard!.TryFind(weight.Name, out var found) && found.Type == weight.Type && found.HasShape(weight.Shape)
            ? _shard.OpenBytes(found)
            : throw new InvalidDataException($"{path}: tensor {weight} has changed since the index was read.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _shard?.Dispose();
        }
    }

    private static Dictionary<string, string> ReadMap(string indexPath)
    {
        var length = new FileInfo(indexPath).Length;
        if (length > MaxIndexBytes)
        {
            throw new InvalidDataException($"{indexPath}: the index has {length} bytes; expected at most {MaxIndexBytes}.");
        }

        var text = TextFile.Read(indexPath, "the index of a model's shards, in JSON");

        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("weight_map", out var entries)
                || entries.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"{indexPath}: expected an object with a weight_map.");
            }

            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in entries.EnumerateObject())
            {
                var file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
                if (!IsPlainFileName(file))
                {
                    throw new InvalidDataException(
                        $"{indexPath}: tensor '{entry.Name}': expected the name of a file in the index's folder, found {entry.Value}.");
                }

                if (!map.TryAdd(entry.Name, file))
                {
                    throw new InvalidDataException($"{indexPath}: the weight_map contains '{entry.Name}' twice.");
                }
            }

            return map;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{indexPath}: the index is not valid JSON: {exception.Message}", exception);
        }
    }

    // The same rule on every platform, so that an index is accepted either everywhere or nowhere.
    private static bool IsPlainFileName(string file) =>
        file is not ("" or "." or "..") && file.AsSpan().IndexOfAny("/\\:\0") < 0;
}
