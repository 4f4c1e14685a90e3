using System.Runtime.InteropServices;
using System.Text.Json;
using IGptMl.Formats;
using IGptMl.Models;
using IGptMl.Network;
using IGptMl.Numerics;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>Writes one model of random weights in each form that can be loaded.</summary>
internal static class ModelFormFiles
{
    private const int Shards = 4;
    private const int TensorFlowFloat = 1;

    internal static IReadOnlyList<(string Name, string Path)> Write(ImageGptConfig config, string folder)
    {
        TorchRuntime.EnsureLoaded();
        var zip = Path.Combine(folder, "model.zip");
        var whole = Path.Combine(folder, "safetensors");
        using (var generator = new torch.Generator(1))
        {
            using var model = new ImageGptModel(new ImageGptNetwork(config, generator), palette: null);
            var ml = new MLContext();
            using var transformer = new ImageGptTransformer(ml, model.Share(), "Tokens");
            ml.Model.Save(transformer, null, zip);
            HuggingFaceExport.Write(model, whole);
        }

        var sharded = CopyOf(whole, Path.Combine(folder, "sharded"));
        var pickled = CopyOf(whole, Path.Combine(folder, "pickled"));
        using var weights = SafetensorsReader.OpenFile(Path.Combine(whole, HuggingFaceFolder.WeightsFile));
        WriteShards(weights, sharded);
        File.WriteAllBytes(Path.Combine(pickled, "pytorch_model.bin"), TorchFile(weights));
        var prefix = Path.Combine(folder, "model.ckpt-1");
        WriteTensorFlow(weights, config, prefix);
        return
        [
            ("ML.NET zip", zip), ("Hugging Face safetensors", whole), ($"safetensors in {Shards} files", sharded), ("pytorch_model.bin", pickled), ("TensorFlow checkpoint", prefix),
        ];
    }

    private static string CopyOf(string folder, string name)
    {
        Directory.CreateDirectory(name);
        File.Copy(Path.Combine(folder, HuggingFaceConfig.FileName), Path.Combine(name, HuggingFaceConfig.FileName));
        return name;
    }

    private static void WriteShards(WeightReader weights, string folder)
    {
        var files = new Dictionary<string, string>();
        for (var shard = 0; shard < Shards; shard++)
        {
            var name = $"model-{shard + 1:D5}-of-{Shards:D5}.safetensors";
            var part = weights.Weights.Where((_, i) => i * Shards / weights.Weights.Count == shard).ToList();
            using var stream = File.Create(Path.Combine(folder, name));
            var writer = new SafetensorsWriter(stream, part);
            foreach (var weight in part)
            {
                writer.Write(weight.Name, MemoryMarshal.Cast<byte, float>(Bytes(weights, weight.Name)));
                files.Add(weight.Name, name);
            }

            writer.Complete();
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = files }));
    }

    private static byte[] TorchFile(WeightReader weights)
    {
        var builder = new TorchFileBuilder();
        foreach (var (i, weight) in weights.Weights.Index())
        {
            var strides = new long[weight.Shape.Length];
            var stride = 1L;
            for (var axis = strides.Length - 1; axis >= 0; axis--)
            {
                strides[axis] = stride;
                stride *= weight.Shape[axis];
            }

            builder.Storage($"{i}", sizeof(float), Bytes(weights, weight.Name)).Tensor(weight.Name, "FloatStorage", $"{i}", weight.Count, 0, weight.Shape, strides);
        }

        return builder.Build();
    }

    /// <summary>The values are those of other layouts, which makes no difference to time and memory.</summary>
    private static void WriteTensorFlow(WeightReader weights, ImageGptConfig config, string prefix)
    {
        long d = config.EmbeddingSize, heads = config.Heads;
        var builder = new TensorFlowFileBuilder();
        var tokens = Bytes(weights, "transformer.wte.weight");
        builder.Variable("model/wte", TensorFlowFloat, [config.Colors, d], tokens[..^(int)(d * sizeof(float))]);
        builder.Variable("model/sos", TensorFlowFloat, [d], tokens[^(int)(d * sizeof(float))..]);
        Add("wpe", "transformer.wpe", config.ContextLength, d);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var (to, from) = ($"h{layer}/", $"transformer.h.{layer}.");
            Add(to + "ln_1/g", from + "ln_1", d);
            var attention = Bytes(weights, from + "attn.c_attn.weight");
            for (var part = 0; part < 3; part++)
            {
                builder.Variable($"model/{to}attn/{"qkv"[part]}_proj", TensorFlowFloat, [heads, d / heads, d], attention[(part * attention.Length / 3)..((part + 1) * attention.Length / 3)]);
            }

            Add(to + "attn/c_proj", from + "attn.c_proj", heads, d / heads, d);
            Add(to + "ln_2/g", from + "ln_2", d);
            Add(to + "mlp/c_fc/w", from + "mlp.c_fc", d, 4 * d);
            Add(to + "mlp/c_proj/w", from + "mlp.c_proj", 4 * d, d);
        }

        Add("ln_f/g", "transformer.ln_f", d);
        Add("wtet", "lm_head", config.Colors, d);
        File.WriteAllBytes($"{prefix}.index", builder.Index());
        File.WriteAllBytes($"{prefix}.data-00000-of-00001", builder.Data());

        void Add(string name, string source, params long[] shape) => builder.Variable($"model/{name}", TensorFlowFloat, shape, Bytes(weights, source + ".weight"));
    }

    private static byte[] Bytes(WeightReader weights, string name)
    {
        var values = new float[weights.Weights.Single(weight => weight.Name == name).Count];
        weights.ReadFloat32(name, values);
        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }
}
