using System.Text.Json.Nodes;
using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using TorchSharp;

namespace IGptMl.Tests.Models;

/// <summary>A copy of the reference folder "tiny" (8x8 pixels, 16 colors, d 32, three layers, four heads) for a test to modify.</summary>
internal sealed class TinyFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyFolder(string weightsFile = "model.safetensors")
    {
        foreach (var name in (string[])["config.json", "preprocessor_config.json", weightsFile])
        {
            File.Copy(TestData.PathOf("tiny", name), Combine(name));
        }
    }

    public string Path => _folder.Path;

    public string Combine(string name) => _folder.Combine(name);

    public void Edit(string file, Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(Combine(file)))!.AsObject();
        edit(json);
        File.WriteAllText(Combine(file), json.ToJsonString());
    }

    public void EditWeights(Action<Dictionary<string, (long[] Shape, float[] Values)>> edit)
    {
        var weights = ReadWeights(Combine("model.safetensors"));
        edit(weights);
        WriteWeights("model.safetensors", weights);
    }

    public void WriteWeights(string file, Dictionary<string, (long[] Shape, float[] Values)> weights)
    {
        using var stream = File.Create(Combine(file));
        var writer = new SafetensorsWriter(stream, [.. weights.Select(weight => new WeightInfo(weight.Key, WeightType.Float32, weight.Value.Shape))]);
        foreach (var (name, weight) in weights)
        {
            writer.Write(name, weight.Values);
        }

        writer.Complete();
    }

    public static Dictionary<string, (long[] Shape, float[] Values)> ReadWeights(string path)
    {
        using var reader = SafetensorsReader.OpenFile(path);
        return reader.Weights.ToDictionary(weight => weight.Name, weight => (weight.Shape, SafetensorsReaderTests.Floats(reader, weight.Name)));
    }

    /// <summary>Checks that the model equals the reference, bit for bit.</summary>
    public static void AssertIsTiny(ImageGptModel model)
    {
        Assert.AreEqual(new ImageGptConfig { ImageSize = 8, Colors = 16, EmbeddingSize = 32, Layers = 3, Heads = 4 }, model.Config);
        var expected = ReadWeights(TestData.PathOf("tiny", "model.safetensors"));
        foreach (var (name, weight) in model.On(torch.CPU).state_dict())
        {
            CollectionAssert.AreEqual(expected[name].Shape, weight.shape, name);
            CollectionAssert.AreEqual(Bits(expected[name].Values), Bits(weight.data<float>().ToArray()), name);
        }
    }

    public string LoadFails() => Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(Path).Dispose()).Message;

    public void Dispose() => _folder.Dispose();

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}
