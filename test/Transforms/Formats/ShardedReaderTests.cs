using IGptMl.Formats;

namespace IGptMl.Tests.Formats;

[TestClass]
public sealed class ShardedReaderTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("igpt-shards-").FullName;

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void OpenFile_TwoShards_ReadsBoth()
    {
        WriteShard("model-1.safetensors", ("a", [1f, 2]), ("b", [3f]));
        WriteShard("model-2.safetensors", ("c", [4f]), ("unlisted", [5f]));
        using var reader = Open(
            """{"metadata":{"total_size":16},"weight_map":{"a":"model-1.safetensors","c":"model-2.safetensors","b":"model-1.safetensors"}}""");

        Assert.HasCount(3, reader.Weights);
        Assert.AreSequenceEqual([1f, 2], SafetensorsReaderTests.Floats(reader, "a"));
        Assert.AreSequenceEqual([4f], SafetensorsReaderTests.Floats(reader, "c"));
        Assert.AreSequenceEqual([3f], SafetensorsReaderTests.Floats(reader, "b"));
    }

    [TestMethod]
    [DataRow("""{"weight_map":{"a":"model-9.safetensors"}}""", "'model-9.safetensors'", DisplayName = "missing file")]
    [DataRow("""{"weight_map":{"z":"model-1.safetensors"}}""", "'z'", DisplayName = "missing tensor")]
    [DataRow("""{"weight_map":{"a":"../model-1.safetensors"}}""", "'a'", DisplayName = "parent folder")]
    [DataRow("""{"weight_map":{"a":"/model-1.safetensors"}}""", "'a'", DisplayName = "rooted path")]
    [DataRow("""{"weight_map":{"a":"sub\\model-1.safetensors"}}""", "'a'", DisplayName = "backslash")]
    [DataRow("""{"weight_map":{"a":"C:model-1.safetensors"}}""", "'a'", DisplayName = "drive")]
    [DataRow("""{"weight_map":{"a":".."}}""", "'a'", DisplayName = "the parent itself")]
    [DataRow("""{"weight_map":{"a":1}}""", "'a'", DisplayName = "number")]
    [DataRow("""{"weight_map":{"a":"model-1.safetensors","a":"model-1.safetensors"}}""", "'a' twice", DisplayName = "repeated tensor")]
    [DataRow("""{"weights":{}}""", "weight_map", DisplayName = "no map")]
    [DataRow("""[]""", "weight_map", DisplayName = "a list")]
    [DataRow("""{""", "JSON", DisplayName = "half an index")]
    public void OpenFile_BadIndex_RefusesAndNames(string index, string named)
    {
        WriteShard("model-1.safetensors", ("a", [1f]));

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Open(index));
        Assert.Contains("index.json", exception.Message);
        Assert.Contains(named, exception.Message);
    }

    private ShardedReader Open(string index)
    {
        var path = Path.Combine(_folder, "model.safetensors.index.json");
        File.WriteAllText(path, index);
        return ShardedReader.OpenFile(path);
    }

    private void WriteShard(string file, params (string Name, float[] Values)[] tensors)
    {
        using var stream = File.Create(Path.Combine(_folder, file));
        var writer = new SafetensorsWriter(stream, [.. tensors.Select(tensor => new WeightInfo(tensor.Name, WeightType.Float32, [tensor.Values.Length]))]);
        foreach (var (name, values) in tensors)
        {
            writer.Write(name, values);
        }

        writer.Complete();
    }
}
