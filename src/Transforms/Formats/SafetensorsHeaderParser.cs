using System.Text.Json;

namespace IGptMl.Formats;

/// <summary>Parses the JSON of a safetensors header token by token. Repeated names are errors.</summary>
internal ref struct SafetensorsHeaderParser
{
    // The header object, an array's object, and its list of integers.
    private const int Depth = 3;

    private readonly string _source;
    private readonly string _metadataKey;
    private Utf8JsonReader _json;

    private SafetensorsHeaderParser(ReadOnlySpan<byte> json, string metadataKey, string source)
    {
        _source = source;
        _metadataKey = metadataKey;
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Depth });
    }

    /// <summary>Parses the entries of all arrays, in the order of the text, and the metadata.</summary>
    /// <exception cref="JsonException">The text is not JSON, or is nested deeper than a header can be.</exception>
    /// <exception cref="InvalidDataException">The JSON is not a safetensors header.</exception>
    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, string metadataKey, string source) =>
        new SafetensorsHeaderParser(json, metadataKey, source).ParseHeader();

    private (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) ParseHeader()
    {
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        _json.Read();
        Expect(JsonTokenType.StartObject, "the header");
        while (NextName() is { } name)
        {
            if (!names.Add(name))
            {
                throw new InvalidDataException($"{_source}: the header names '{name}' twice.");
            }

            if (name == _metadataKey)
            {
                ParseMetadata(metadata);
            }
            else
            {
                entries.Add(ParseEntry(name));
            }
        }

        // Only white space may follow.
        _json.Read();
        return (entries, metadata);
    }

    private void ParseMetadata(Dictionary<string, string> metadata)
    {
        Expect(JsonTokenType.StartObject, _metadataKey);
        while (NextName() is { } key)
        {
            Expect(JsonTokenType.String, $"'{key}' of {_metadataKey}");
            if (!metadata.TryAdd(key, _json.GetString()!))
            {
                throw new InvalidDataException($"{_source}: {_metadataKey} names '{key}' twice.");
            }
        }
    }

    private SafetensorsEntry ParseEntry(string name)
    {
        string? type = null;
        long[]? shape = null;
        long[]? range = null;
        Expect(JsonTokenType.StartObject, $"tensor '{name}'");
        while (NextName() is { } field)
        {
            switch (field)
            {
                case "dtype" when type is null:
                    Expect(JsonTokenType.String, $"dtype of tensor '{name}'");
                    type = _json.GetString()!;
                    break;
                case "shape" when shape is null:
                    shape = ParseIntegers($"shape of tensor '{name}'");
                    break;
                case "data_offsets" when range is null:
                    range = ParseIntegers($"data_offsets of tensor '{name}'");
                    break;
                default:
                    throw new InvalidDataException($"{_source}: tensor '{name}': the field '{field}' is repeated or not one of dtype, shape and data_offsets.");
            }
        }

        if (type is null || shape is null || range is not { Length: 2 })
        {
            throw new InvalidDataException($"{_source}: tensor '{name}': expected dtype, shape and two data_offsets.");
        }

        var weightType = SafetensorsTypes.Find(type)
            ?? throw new InvalidDataException($"{_source}: tensor '{name}': the type '{type}' is not supported.");
        return WeightInfo.TryCount(shape, WeightTypes.SizeOf(weightType), out _)
            ? new SafetensorsEntry(new WeightInfo(name, weightType, shape), range[0], range[1])
            : throw new InvalidDataException($"{_source}: tensor '{name}': the shape [{string.Join(", ", shape)}] has more bytes than 63 bits can count.");
    }

    private long[] ParseIntegers(string what)
    {
        Expect(JsonTokenType.StartArray, what);
        var integers = new List<long>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            Expect(JsonTokenType.Number, what);
            integers.Add(_json.TryGetInt64(out var number) && number >= 0
                ? number
                : throw new InvalidDataException($"{_source}: {what}: expected integers from 0 to {long.MaxValue}."));
        }

        return [.. integers];
    }

    // Leaves the reader at the property's value; returns null at the end of the object.
    private string? NextName()
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        var name = _json.GetString();
        _json.Read();
        return name;
    }

    private readonly void Expect(JsonTokenType type, string what)
    {
        if (_json.TokenType != type)
        {
            throw new InvalidDataException($"{_source}: {what}: expected {type}, found {_json.TokenType}.");
        }
    }
}
