using System.Buffers.Binary;
using System.Text.Json;
using IGptMl.Numerics;

namespace IGptMl.Formats;

/// <summary>
/// The header of a safetensors file: its length (eight bytes, little-endian), then JSON with the type, shape and byte range of each array.
/// The ranges follow each other without gaps up to the end of the file.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest JSON that the format allows, in bytes.</summary>
    public const int MaxJsonBytes = 100_000_000;

    private const int LengthBytes = sizeof(ulong);
    private const int Alignment = 8;
    private const string MetadataKey = "__metadata__";

    private SafetensorsHeader(IReadOnlyList<WeightInfo> weights, IReadOnlyList<long> offsets, IReadOnlyDictionary<string, string> metadata, long byteCount)
    {
        Weights = weights;
        Offsets = offsets;
        Metadata = metadata;
        ByteCount = byteCount;
    }

    /// <summary>The arrays, in the order of their bytes.</summary>
    public IReadOnlyList<WeightInfo> Weights { get; }

    /// <summary>The offset of each array in bytes, counted from the end of the header.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <summary>Free text that the file contains, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The length of the header in bytes, including the eight bytes of its length.</summary>
    public long ByteCount { get; }

    /// <summary>The length of all arrays together, in bytes.</summary>
    public long DataBytes => Weights.Count == 0 ? 0 : Offsets[^1] + Weights[^1].ByteCount;

    /// <summary>Reads a header from the start of a stream, which may be forward-only. A stream of known length is checked against the header.</summary>
    /// <exception cref="InvalidDataException">The header is malformed.</exception>
    public static SafetensorsHeader Read(Stream stream, string source)
    {
        FileKind.Require(stream, source, "a safetensors file", FileForm.Safetensors);
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(lengthBytes, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
        {
            throw new InvalidDataException($"{source}: not a safetensors file: it is shorter than the {LengthBytes} bytes of the header's length.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        var available = stream.CanSeek ? stream.Length - stream.Position : MaxJsonBytes;
        if (length > (ulong)Math.Min(available, MaxJsonBytes))
        {
            throw new InvalidDataException(
                $"{source}: not a safetensors file: it claims a header of {length} bytes; at most {Math.Min(available, MaxJsonBytes)} are possible.");
        }

        var json = ReadJson(stream, (int)length, source);
        try
        {
            var (entries, metadata) = SafetensorsHeaderParser.Parse(json, MetadataKey, source);
            return Build(entries, metadata, LengthBytes + json.Length, source);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The JSON reader reports text that is not UTF-8 as an InvalidOperationException.
            throw new InvalidDataException($"{source}: the safetensors header is not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Creates a header for arrays in the given order, padded with spaces so that the arrays start at a multiple of eight bytes.</summary>
    public static byte[] Write(IReadOnlyList<WeightInfo> weights, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var names = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
            long offset = 0;
            foreach (var weight in weights)
            {
                if (!names.Add(weight.Name))
                {
                    throw new ArgumentException($"The name '{weight.Name}' is reserved or repeated.", nameof(weights));
                }

                json.WriteStartObject(weight.Name);
                json.WriteString("dtype", SafetensorsTypes.NameOf(weight.Type));
                json.WriteStartArray("shape");
                foreach (var size in weight.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset = checked(offset + weight.ByteCount);
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        var bytes = buffer.ToArray();
        if (bytes.Length - LengthBytes > MaxJsonBytes)
        {
            throw new ArgumentException(
                $"The header would have {bytes.Length - LengthBytes} bytes; the format allows at most {MaxJsonBytes}.", nameof(weights));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - LengthBytes));
        return bytes;
    }

    // The buffer grows with the data that really arrive, so a short stream that claims a long header costs no memory.
    private static byte[] ReadJson(Stream stream, int length, string source)
    {
        var json = new byte[Math.Min(length, 1 << 12)];
        var filled = 0;
        while (filled < length)
        {
            if (filled == json.Length)
            {
                Array.Resize(ref json, (int)Math.Min(length, json.Length * 2L));
            }

            var read = stream.Read(json, filled, json.Length - filled);
            if (read == 0)
            {
                throw new InvalidDataException($"{source}: the file is truncated inside its safetensors header ({filled} of {length} bytes).");
            }

            filled += read;
        }

        return json;
    }

    private static SafetensorsHeader Build(List<SafetensorsEntry> entries, Dictionary<string, string> metadata, long byteCount, string source)
    {
        entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
        long expected = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != expected)
            {
                throw new InvalidDataException(
                    $"{source}: tensor '{entry.Info.Name}' starts at byte {entry.Begin}; expected {expected}, the end of the previous tensor.");
            }

            if (entry.End < entry.Begin || entry.End - entry.Begin != entry.Info.ByteCount)
            {
                throw new InvalidDataException($"{source}: tensor {entry.Info} needs {entry.Info.ByteCount} bytes; its range is {entry.Begin} to {entry.End}.");
            }

            expected = entry.End;
        }

        return new SafetensorsHeader([.. entries.Select(entry => entry.Info)], [.. entries.Select(entry => entry.Begin)], metadata, byteCount);
    }
}
