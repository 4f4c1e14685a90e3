using System.Text;

namespace IGptMl.Formats;

/// <summary>The index of a TensorFlow checkpoint: the number of data files, and the variables.</summary>
internal sealed class TensorFlowIndex
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private TensorFlowIndex(long shardCount, IReadOnlyList<(WeightInfo Info, TensorFlowEntry Entry)> variables, IReadOnlyDictionary<string, string> unreadable)
    {
        ShardCount = shardCount;
        Variables = variables;
        Unreadable = unreadable;
    }

    /// <summary>The number of data files.</summary>
    public long ShardCount { get; }

    /// <summary>The variables, by name.</summary>
    public IReadOnlyList<(WeightInfo Info, TensorFlowEntry Entry)> Variables { get; }

    /// <summary>The variables that are not numeric arrays, such as strings, with the reasons.</summary>
    public IReadOnlyDictionary<string, string> Unreadable { get; }

    /// <summary>Parses the index file.</summary>
    /// <exception cref="InvalidDataException">The index is damaged or big-endian, or a variable is stored in slices.</exception>
    public static TensorFlowIndex Parse(byte[] file, string source)
    {
        var entries = LevelDbTable.Read(file, source);
        if (entries.Count == 0 || entries[0].Key.Length != 0)
        {
            throw new InvalidDataException($"{source}: the header (the entry without a name) is missing.");
        }

        var shardCount = ParseHeader(entries[0].Value.Span, source);
        var variables = new List<(WeightInfo, TensorFlowEntry)>();
        var unreadable = new Dictionary<string, string>(StringComparer.Ordinal);
        var slices = 0;
        foreach (var (key, value) in entries.Skip(1))
        {
            // The slices of a partitioned variable come first, under names in a binary encoding. The variable itself follows, under its name.
            if (key[0] == 0)
            {
                slices++;
                continue;
            }

            var name = Decode(key, source);
            var entry = TensorFlowEntry.Parse(value.Span, $"{source}: variable '{name}'");
            if (entry.IsSliced)
            {
                throw new InvalidDataException($"{source}: variable '{name}' is stored in slices, which is not supported.");
            }

            if (TensorFlowTypes.Find(entry.Type) is { } type)
            {
                variables.Add((Check(name, type, entry, shardCount, source), entry));
            }
            else
            {
                unreadable.Add(name, $"its TensorFlow type {entry.Type} is not supported");
            }
        }

        return slices == 0
            ? new TensorFlowIndex(shardCount, variables, unreadable)
            : throw new InvalidDataException($"{source}: {slices} entries are slices of variables, which are not supported.");
    }

    private static WeightInfo Check(string name, WeightType type, TensorFlowEntry entry, long shardCount, string source)
    {
        if (entry.Shape is null || !WeightInfo.TryCount(entry.Shape, WeightTypes.SizeOf(type), out _))
        {
            var shape = entry.Shape is null ? "no shape" : $"the invalid shape [{string.Join(", ", entry.Shape)}]";
            throw new InvalidDataException($"{source}: variable '{name}' has {shape}.");
        }

        var info = new WeightInfo(name, type, entry.Shape);
        if (entry.Size != info.ByteCount)
        {
            throw new InvalidDataException($"{source}: variable {info} needs {info.ByteCount} bytes; the index states {entry.Size}.");
        }

        return entry.Shard < shardCount
            ? info
            : throw new InvalidDataException($"{source}: variable {info} is in data file {entry.Shard}; expected a number from 0 to {shardCount - 1}.");
    }

    // BundleHeaderProto: num_shards = 1, endianness = 2 (0 is little).
    private static long ParseHeader(ReadOnlySpan<byte> bytes, string source)
    {
        long shardCount = 0;
        var isLittleEndian = true;
        var reader = new ByteReader(bytes, source);
        while (!reader.IsEmpty)
        {
            var (field, type) = reader.ReadTag();
            switch (field, type)
            {
                case (1, ProtobufWireType.Varint):
                    shardCount = reader.ReadLength();
                    break;
                case (2, ProtobufWireType.Varint):
                    isLittleEndian = reader.ReadVarint() == 0;
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return isLittleEndian ? shardCount : throw new InvalidDataException($"{source}: only little-endian checkpoints are supported.");
    }

    private static string Decode(byte[] key, string source)
    {
        try
        {
            return Utf8.GetString(key);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{source}: a variable's name is not UTF-8.", exception);
        }
    }
}
