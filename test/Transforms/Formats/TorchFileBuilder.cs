using System.IO.Compression;
using System.Text;

namespace IGptMl.Tests.Formats;

/// <summary>Writes files in both formats of torch.save, including deliberate mistakes.</summary>
internal sealed class TorchFileBuilder
{
    private readonly MemoryStream _entries = new();
    private readonly List<(string Key, int ElementSize, byte[] Bytes)> _storages = [];

    public byte[]? Pickle { get; set; }

    public string ByteOrder { get; set; } = "little";

    public CompressionLevel Compression { get; set; } = CompressionLevel.NoCompression;

    public bool IsLegacy { get; init; }

    public TorchFileBuilder Storage(string key, int elementSize, byte[] bytes)
    {
        _storages.Add((key, elementSize, bytes));
        return this;
    }

    public TorchFileBuilder Storage(string key, params float[] values) =>
        Storage(key, sizeof(float), [.. values.SelectMany(BitConverter.GetBytes)]);

    public TorchFileBuilder Tensor(string name, string kind, string key, long count, long offset, long[] shape, long[] strides)
    {
        Text(_entries, name);
        Global(_entries, "torch._utils", "_rebuild_tensor_v2");
        Op('(');
        Op('(');
        Text(_entries, "storage");
        Global(_entries, "torch", kind);
        Text(_entries, key);
        Text(_entries, "cpu");
        Integer(_entries, count);
        if (IsLegacy)
        {
            Op('N');
        }

        Op('t');
        Op('Q');
        Integer(_entries, offset);
        foreach (var list in new[] { shape, strides })
        {
            Op('(');
            foreach (var value in list)
            {
                Integer(_entries, value);
            }

            Op('t');
        }

        _entries.Write([0x89]);
        Global(_entries, "collections", "OrderedDict");
        Op(')');
        Op('R');
        Op('t');
        Op('R');
        return this;
    }

    /// <summary>Adds a name with a value that is given as pickle instructions.</summary>
    public TorchFileBuilder Entry(string name, params byte[] instructions)
    {
        Text(_entries, name);
        _entries.Write(instructions);
        return this;
    }

    public byte[] Build()
    {
        var pickle = Pickle ?? [0x80, 2, (byte)'}', (byte)'(', .. _entries.ToArray(), (byte)'u', (byte)'.'];
        return IsLegacy ? BuildLegacy(pickle) : BuildZip(pickle);
    }

    public static byte[] GlobalBytes(string module, string name)
    {
        using var stream = new MemoryStream();
        Global(stream, module, name);
        return stream.ToArray();
    }

    public static byte[] TextBytes(string text)
    {
        using var stream = new MemoryStream();
        Text(stream, text);
        return stream.ToArray();
    }

    private byte[] BuildZip(byte[] pickle)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            (string Name, byte[] Bytes)[] files =
            [
                ("data.pkl", pickle),
                ("byteorder", Encoding.ASCII.GetBytes(ByteOrder)),
                .. _storages.Select(storage => ($"data/{storage.Key}", storage.Bytes)),
            ];
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry($"archive/{name}", Compression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    private byte[] BuildLegacy(byte[] pickle)
    {
        using var file = new MemoryStream();
        file.Write([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.']);
        file.Write([0x80, 2, (byte)'M', 0xE9, 3, (byte)'.']);
        file.Write([0x80, 2, (byte)'}', .. TextBytes("little_endian"), ByteOrder == "little" ? (byte)0x88 : (byte)0x89, (byte)'s', (byte)'.']);
        file.Write(pickle);
        file.Write([0x80, 2, (byte)']', (byte)'(', .. _storages.SelectMany(storage => TextBytes(storage.Key)), (byte)'e', (byte)'.']);
        foreach (var (_, size, bytes) in _storages)
        {
            file.Write(BitConverter.GetBytes((long)(bytes.Length / size)));
            file.Write(bytes);
        }

        return file.ToArray();
    }

    private void Op(char opcode) => _entries.WriteByte((byte)opcode);

    private static void Global(Stream stream, string module, string name) => stream.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    private static void Text(Stream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        stream.Write([(byte)'X', .. BitConverter.GetBytes(bytes.Length), .. bytes]);
    }

    private static void Integer(Stream stream, long value) => stream.Write(value switch
    {
        >= 0 and < 256 => [(byte)'K', (byte)value],
        >= 256 and < 65536 => [(byte)'M', (byte)value, (byte)(value >> 8)],
        >= int.MinValue and <= int.MaxValue => [(byte)'J', .. BitConverter.GetBytes((int)value)],
        _ => [0x8A, 8, .. BitConverter.GetBytes(value)],
    });
}
