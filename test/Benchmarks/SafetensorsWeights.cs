using System.Buffers.Binary;
using System.Text.Json;

namespace IGptMl.Benchmarks;

/// <summary>The float32 tensors of a safetensors file in memory: eight bytes with the length of the header, the header as JSON, the values.</summary>
internal sealed class SafetensorsWeights
{
    private readonly byte[] _file;
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly int _start;

    private SafetensorsWeights(byte[] file)
    {
        _file = file;
        _start = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(sizeof(long).._start));
        _tensors = header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__").ToDictionary(entry => entry.Name, entry => new Tensor(
            [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())],
            entry.Value.GetProperty("data_offsets")[0].GetInt32(),
            entry.Value.GetProperty("data_offsets")[1].GetInt32()));
    }

    internal IReadOnlyList<string> Names => [.. _tensors.Keys];

    internal static SafetensorsWeights Read(string path) => new(File.ReadAllBytes(path));

    internal long[] ShapeOf(string name) => _tensors[name].Shape;

    internal byte[] BytesOf(string name) => _file[(_start + _tensors[name].Begin)..(_start + _tensors[name].End)];

    /// <summary>Writes some of the tensors to another file.</summary>
    internal void Write(string path, IEnumerable<string> names)
    {
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach (var name in names)
        {
            var begin = data.Position;
            data.Write(BytesOf(name));
            header.Add(name, new { dtype = "F32", shape = ShapeOf(name), data_offsets = new[] { begin, data.Position } });
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        data.WriteTo(file);
    }

    private sealed record Tensor(long[] Shape, int Begin, int End);
}
