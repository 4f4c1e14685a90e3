namespace IGptMl.Formats;

/// <summary>A variable of a TensorFlow checkpoint: the message BundleEntryProto of tensor_bundle.proto.</summary>
internal readonly record struct TensorFlowEntry(int Type, long[]? Shape, long Shard, long Offset, long Size, uint Checksum, bool IsSliced)
{
    // Real variables have a handful of axes.
    private const int MaxRank = 254;

    /// <summary>Parses the protocol buffer. The shape is null if it is unknown.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static TensorFlowEntry Parse(ReadOnlySpan<byte> bytes, string source)
    {
        var entry = new TensorFlowEntry { Shape = [] };
        var reader = new ByteReader(bytes, source);
        while (!reader.IsEmpty)
        {
            var (field, type) = reader.ReadTag();
            switch (field, type)
            {
                case (1, ProtobufWireType.Varint):
                    entry = entry with { Type = (int)reader.ReadVarint() };
                    break;
                case (2, ProtobufWireType.Bytes):
                    entry = entry with { Shape = ParseShape(reader.ReadBytes(reader.ReadLength()), source) };
                    break;
                case (3, ProtobufWireType.Varint):
                    entry = entry with { Shard = reader.ReadLength() };
                    break;
                case (4, ProtobufWireType.Varint):
                    entry = entry with { Offset = reader.ReadLength() };
                    break;
                case (5, ProtobufWireType.Varint):
                    entry = entry with { Size = reader.ReadLength() };
                    break;
                case (6, ProtobufWireType.Fixed32):
                    entry = entry with { Checksum = reader.ReadFixed32() };
                    break;
                case (7, ProtobufWireType.Bytes):
                    reader.Skip(type);
                    entry = entry with { IsSliced = true };
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return entry;
    }

    // TensorShapeProto: dim = 2 (with size = 1), unknown_rank = 3.
    private static long[]? ParseShape(ReadOnlySpan<byte> bytes, string source)
    {
        var sizes = new List<long>();
        var isKnown = true;
        var reader = new ByteReader(bytes, source);
        while (!reader.IsEmpty)
        {
            var (field, type) = reader.ReadTag();
            switch (field, type)
            {
                case (2, ProtobufWireType.Bytes) when sizes.Count < MaxRank:
                    sizes.Add(ParseSize(reader.ReadBytes(reader.ReadLength()), source));
                    break;
                case (3, ProtobufWireType.Varint):
                    isKnown &= reader.ReadVarint() == 0;
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return isKnown ? [.. sizes] : null;
    }

    private static long ParseSize(ReadOnlySpan<byte> bytes, string source)
    {
        long size = 0;
        var reader = new ByteReader(bytes, source);
        while (!reader.IsEmpty)
        {
            var (field, type) = reader.ReadTag();
            if ((field, type) == (1, ProtobufWireType.Varint))
            {
                size = (long)reader.ReadVarint();
            }
            else
            {
                reader.Skip(type);
            }
        }

        return size;
    }
}
