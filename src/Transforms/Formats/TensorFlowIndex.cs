using System.Text;

namespace IGptMl.Formats;

/// <summary>The index of a TensorFlow checkpoint: how many data files there are, and which variables.</summary>
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

    /// <summary>The variables that are no arrays of numbers, such as texts, and why.</summary>
    public IReadOnlyDictionary<string, string> Unreadable { get; }

    /// <summary>Reads the index file.</summary>
    /// <exception cref="InvalidDataException">The index is damaged, big-endian, or has a variable in slices.</exception>
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
            // The pieces of a variable in slices come first, under names in a binary code; the variable itself, which can be named, follows.
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
            : throw new InvalidDataException($"{source}: has {slices} slices of variables, which are not supported.");
    }

    private static WeightInfo Check(string name, WeightType type, TensorFlowEntry entry, long shardCount, string source)
    {
        if (entry.Shape is null || !WeightInfo.TryCount(entry.Shape, WeightTypes.SizeOf(type), out _))
        {
            throw new InvalidDataException($"{source}: variable '{name}' has {(entry.Shape is null ? "no shape" : $"the impossible shape [{string.Join(", ", entry.Shape)}]")}.");
        }

        var info = new WeightInfo(name, type, entry.Shape);
        if (entry.Size != info.ByteCount)
        {
            throw new InvalidDataException($"{source}: variable {info} needs {info.ByteCount} bytes; its size is given as {entry.Size}.");
        }

        return entry.Shard < shardCount
            ? info
            : throw new InvalidDataException($"{source}: variable {info} is in data file {entry.Shard}; there are {shardCount}, counted from 0.");
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
