using System.Text.Json;
using IGptMl.Tests.Formats;
using Microsoft.ML;

namespace IGptMl.Benchmarks;

/// <summary>Writes a model of random weights in each form that can be loaded.</summary>
internal static class ModelFormFiles
{
    private const int Shards = 4;
    private const int TensorFlowFloat = 1;

    internal static IReadOnlyList<(string Name, string Path)> Write(ImageGptConfig config, string folder)
    {
        var (pipeline, zip, whole) = (Path.Combine(folder, "pipeline.zip"), Path.Combine(folder, "model.zip"), Path.Combine(folder, "safetensors"));
        using (var model = ImageGptModel.CreateUntrained(config))
        {
            var ml = new MLContext();
            using var transformer = ml.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model).Fit(TokenData.View(ml, config, 1));
            ml.Model.Save(transformer, null, pipeline);
            model.Save(zip);
            model.SaveAsHuggingFace(whole);
        }

        var sharded = CopyOf(whole, Path.Combine(folder, "sharded"));
        var pickled = CopyOf(whole, Path.Combine(folder, "pickled"));
        var weights = SafetensorsWeights.Read(Path.Combine(whole, "model.safetensors"));
        WriteShards(weights, sharded);
        File.WriteAllBytes(Path.Combine(pickled, "pytorch_model.bin"), TorchFile(weights));
        var prefix = Path.Combine(folder, "model.ckpt-1");
        WriteTensorFlow(weights, config, prefix);
        return
        [
            ("ML.NET zip", pipeline),
            ("zip of the model alone", zip),
            ("Hugging Face safetensors", whole),
            ($"safetensors in {Shards} files", sharded),
            ("pytorch_model.bin", pickled),
            ("TensorFlow checkpoint", prefix),
        ];
    }

    private static string CopyOf(string folder, string name)
    {
        Directory.CreateDirectory(name);
        File.Copy(Path.Combine(folder, "config.json"), Path.Combine(name, "config.json"));
        return name;
    }

    private static void WriteShards(SafetensorsWeights weights, string folder)
    {
        var files = new Dictionary<string, string>();
        for (var shard = 0; shard < Shards; shard++)
        {
            var name = $"model-{shard + 1:D5}-of-{Shards:D5}.safetensors";
            string[] part = [.. weights.Names.Where((_, i) => i * Shards / weights.Names.Count == shard)];
            weights.Write(Path.Combine(folder, name), part);
            Array.ForEach(part, weight => files.Add(weight, name));
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = files }));
    }

    private static byte[] TorchFile(SafetensorsWeights weights)
    {
        var builder = new TorchFileBuilder();
        foreach (var (i, name) in weights.Names.Index())
        {
            var (shape, bytes) = (weights.ShapeOf(name), weights.BytesOf(name));
            var strides = new long[shape.Length];
            var stride = 1L;
            for (var axis = strides.Length - 1; axis >= 0; axis--)
            {
                strides[axis] = stride;
                stride *= shape[axis];
            }

            builder.Storage($"{i}", sizeof(float), bytes).Tensor(name, "FloatStorage", $"{i}", bytes.Length / sizeof(float), 0, shape, strides);
        }

        return builder.Build();
    }

    /// <summary>The values are not permuted to the form's layout, which does not affect time and memory.</summary>
    private static void WriteTensorFlow(SafetensorsWeights weights, ImageGptConfig config, string prefix)
    {
        long d = config.EmbeddingSize, heads = config.Heads;
        var builder = new TensorFlowFileBuilder();
        var tokens = weights.BytesOf("transformer.wte.weight");
        builder.Variable("model/wte", TensorFlowFloat, [config.Colors, d], tokens[..^(int)(d * sizeof(float))]);
        builder.Variable("model/sos", TensorFlowFloat, [d], tokens[^(int)(d * sizeof(float))..]);
        Add("wpe", "transformer.wpe", config.ContextLength, d);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var (to, from) = ($"h{layer}/", $"transformer.h.{layer}.");
            Add(to + "ln_1/g", from + "ln_1", d);
            var attention = weights.BytesOf(from + "attn.c_attn.weight");
            for (var part = 0; part < 3; part++)
            {
                var values = attention[(part * attention.Length / 3)..((part + 1) * attention.Length / 3)];
                builder.Variable($"model/{to}attn/{"qkv"[part]}_proj", TensorFlowFloat, [heads, d / heads, d], values);
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

        void Add(string name, string source, params long[] shape)
            => builder.Variable($"model/{name}", TensorFlowFloat, shape, weights.BytesOf(source + ".weight"));
    }
}
