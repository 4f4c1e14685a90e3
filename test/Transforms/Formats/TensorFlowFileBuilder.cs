using System.Numerics;

namespace IGptMl.Tests.Formats;

/// <summary>Writes the index and the data files of a TensorFlow checkpoint, including deliberate mistakes.</summary>
internal sealed class TensorFlowFileBuilder
{
    private readonly SortedDictionary<string, byte[]> _entries = new(StringComparer.Ordinal);
    private readonly MemoryStream _data = new();
    private readonly List<(int Offset, int Size)> _blocks = [];

    public byte[] Header { get; set; } = [0x08, 1, 0x1A, 2, 0x08, 1];

    public byte BlockType { get; set; }

    /// <summary>Adds a variable with its bytes to the only data file.</summary>
    public TensorFlowFileBuilder Variable(string name, int type, long[] shape, byte[] bytes, byte[]? moreFields = null)
    {
        var offset = _data.Position;
        _data.Write(bytes);
        return Entry(name, [.. Fields(type, shape, 0, offset, bytes.Length), 0x35, .. BitConverter.GetBytes(Checksum(bytes)), .. moreFields ?? []]);
    }

    /// <summary>Adds an entry with exactly these bytes.</summary>
    public TensorFlowFileBuilder Entry(string name, byte[] value)
    {
        _entries[name] = value;
        return this;
    }

    public static byte[] Fields(int type, long[] shape, long shard, long offset, long size)
    {
        var dimensions = shape.SelectMany(dimension => (byte[])[0x12, (byte)(1 + Varint(dimension).Length), 0x08, .. Varint(dimension)]).ToArray();
        return
        [
            0x08, .. Varint(type), 0x12, .. Varint(dimensions.Length), .. dimensions, 0x18, .. Varint(shard), 0x20, .. Varint(offset), 0x28, .. Varint(size),
        ];
    }

    public byte[] Data() => _data.ToArray();

    public byte[] Index()
    {
        _blocks.Clear();
        using var file = new MemoryStream();
        var first = WriteBlock(file, [("", Header), .. _entries.Select(entry => (entry.Key, entry.Value))]);
        var meta = WriteBlock(file, []);
        var index = WriteBlock(file, [("\u007F", first)]);
        var handles = (byte[])[.. meta, .. index];
        file.Write([.. handles, .. new byte[40 - handles.Length], 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]);
        return file.ToArray();
    }

    /// <summary>Recomputes the checksums of the blocks of a changed index.</summary>
    public void Reseal(byte[] index)
    {
        foreach (var (offset, size) in _blocks.Where(block => block.Offset + block.Size + 5 <= index.Length))
        {
            BitConverter.GetBytes(Checksum(index[offset..(offset + size + 1)])).CopyTo(index, offset + size + 1);
        }
    }

    /// <summary>The CRC-32C of bytes as LevelDB stores it: rotated and offset, so that checksums of checksums are not weak.</summary>
    public static uint Checksum(byte[] bytes)
    {
        var crc = ~bytes.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        return BitOperations.RotateRight(crc, 15) + 0xA282EAD8;
    }

    // Returns the block's handle. Keys do not share prefixes here; those of the reference files do.
    private byte[] WriteBlock(MemoryStream file, IEnumerable<(string Key, byte[] Value)> entries)
    {
        var offset = file.Position;
        byte[] block =
        [
            .. entries.SelectMany(entry => (byte[])
            [
                0, .. Varint(entry.Key.Length), .. Varint(entry.Value.Length), .. entry.Key.Select(letter => (byte)letter), .. entry.Value,
            ]),
            0, 0, 0, 0, 1, 0, 0, 0,
        ];
        file.Write([.. block, BlockType, .. BitConverter.GetBytes(Checksum([.. block, BlockType]))]);
        _blocks.Add(((int)offset, block.Length));
        return [.. Varint(offset), .. Varint(block.Length)];
    }

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes.Add((byte)(rest | 0x80));
        }

        bytes.Add((byte)rest);
        return [.. bytes];
    }
}
