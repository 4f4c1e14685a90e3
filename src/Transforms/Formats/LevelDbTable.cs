using System.Buffers.Binary;

namespace IGptMl.Formats;

/// <summary>
/// Reads a sorted table of LevelDB. It has blocks of entries whose keys share prefixes with the previous key, an index block with the offsets of the
/// blocks, and a footer with the offset of the index. Each block is followed by a byte for its compression and by a masked CRC-32C.
/// </summary>
internal sealed class LevelDbTable
{
    private const ulong Magic = 0xDB4775248B80FB57;
    private const int FooterBytes = 48;
    private const int TrailerBytes = 5;

    // Keys are variable names. A table can repeat a key's prefix in a few bytes, so keys of unlimited length could need far more memory than the file has.
    private const int MaxKeyBytes = 1024;

    private readonly byte[] _file;
    private readonly string _source;
    private readonly List<(byte[] Key, ReadOnlyMemory<byte> Value)> _entries = [];

    private LevelDbTable(byte[] file, string source)
    {
        _file = file;
        _source = source;
    }

    /// <summary>Reads every entry, in ascending byte order of the keys.</summary>
    /// <exception cref="InvalidDataException">The table is damaged or compressed.</exception>
    public static List<(byte[] Key, ReadOnlyMemory<byte> Value)> Read(byte[] file, string source)
    {
        var table = new LevelDbTable(file, source);
        table.ReadBlocks();
        return table._entries;
    }

    private void ReadBlocks()
    {
        if (_file.Length < FooterBytes || BinaryPrimitives.ReadUInt64LittleEndian(_file.AsSpan(_file.Length - sizeof(ulong))) != Magic)
        {
            throw new InvalidDataException(
                $"{_source}: not the index of a TensorFlow checkpoint (version 2): its last eight bytes are not the magic number.");
        }

        var footer = new ByteReader(_file.AsSpan(_file.Length - FooterBytes), _source);
        ReadHandle(ref footer);
        var blocks = new List<(byte[] Key, ReadOnlyMemory<byte> Value)>();
        ReadBlock(ReadHandle(ref footer), blocks);
        long end = 0;
        foreach (var (_, value) in blocks)
        {
            var reader = new ByteReader(value.Span, _source);
            var (offset, size) = ReadHandle(ref reader);
            if (offset < end)
            {
                throw new InvalidDataException($"{_source}: the block at offset {offset} overlaps the previous one, which ends at {end}.");
            }

            ReadBlock((offset, size), _entries);
            end = offset + size + TrailerBytes;
        }
    }

    private void ReadBlock((long Offset, long Size) handle, List<(byte[] Key, ReadOnlyMemory<byte> Value)> entries)
    {
        var (offset, size) = handle;
        if (size < sizeof(uint) || offset > _file.Length - FooterBytes || size > _file.Length - FooterBytes - TrailerBytes - offset)
        {
            throw new InvalidDataException($"{_source}: a block of {size} bytes at offset {offset} extends past the end of the file.");
        }

        var block = _file.AsMemory((int)offset, (int)size);
        var type = _file[offset + size];
        if (type != 0)
        {
            var name = type == 1 ? "snappy" : $"type {type}";
            throw new InvalidDataException($"{_source}: the block at offset {offset} is compressed ({name}), which is not supported.");
        }

        var expected = BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan((int)(offset + size + 1)));
        var actual = Crc32C.Mask(Crc32C.Append(Crc32C.Start, _file.AsSpan((int)offset, (int)size + 1)));
        if (actual != expected)
        {
            throw new InvalidDataException($"{_source}: the block at offset {offset} has the checksum 0x{actual:X8}; expected 0x{expected:X8}.");
        }

        // The restart points at the end allow binary search, which is not needed here: all entries are read.
        var restarts = BinaryPrimitives.ReadUInt32LittleEndian(block.Span[^sizeof(uint)..]);
        var restartBytes = (restarts + 1L) * sizeof(uint);
        if (restartBytes > size)
        {
            throw new InvalidDataException($"{_source}: the block at offset {offset} claims {restarts} restart points.");
        }

        ReadEntries(block[..^(int)restartBytes], entries);
    }

    private void ReadEntries(ReadOnlyMemory<byte> block, List<(byte[] Key, ReadOnlyMemory<byte> Value)> entries)
    {
        var reader = new ByteReader(block.Span, _source);
        var previous = Array.Empty<byte>();
        while (!reader.IsEmpty)
        {
            var shared = reader.ReadLength();
            var own = reader.ReadLength();
            var length = reader.ReadLength();
            if (shared > previous.Length || own > MaxKeyBytes - shared)
            {
                throw new InvalidDataException(
                    $"{_source}: a key shares {shared} of {previous.Length} bytes with the previous key, or is longer than {MaxKeyBytes} bytes.");
            }

            byte[] key = [.. previous.AsSpan(0, (int)shared), .. reader.ReadBytes(own)];
            if (entries.Count > 0 && entries[^1].Key.AsSpan().SequenceCompareTo(key) >= 0)
            {
                throw new InvalidDataException($"{_source}: the keys are not in ascending order.");
            }

            entries.Add((key, reader.ReadBytes(length).ToArray()));
            previous = key;
        }
    }

    private static (long Offset, long Size) ReadHandle(ref ByteReader reader) => (reader.ReadLength(), reader.ReadLength());
}
