using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using IGptMl.Formats;
using IGptMl.Images;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>Writes a model as a folder that Hugging Face's ImageGPT and its image processor load without conversion.</summary>
internal static class HuggingFaceExport
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    /// <summary>Whether the path is a file, or a folder with content, which an export would have to replace.</summary>
    internal static bool IsTaken(string folder) =>
        File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any());

    /// <summary>Writes the folder under a temporary name and then renames it. A model without a palette gets no preprocessor_config.json.</summary>
    /// <exception cref="IOException">The path already exists, or the folder cannot be written.</exception>
    /// <exception cref="NotSupportedException">The model is a masked one, which Hugging Face's ImageGPT would run as an autoregressive one.</exception>
    internal static void Write(ImageGptModel model, string folder)
    {
        if (model.Config.Objective == PretrainingObjective.Masked)
        {
            throw new NotSupportedException(
                "A masked (BERT) model cannot be exported to Hugging Face: its ImageGPT has no masked mode, and would run the model with causal attention.");
        }

        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (IsTaken(folder))
        {
            throw new IOException($"'{folder}' already exists; expected a new or an empty folder.");
        }

        var partial = $"{folder}.{Path.GetRandomFileName()}.partial";
        Directory.CreateDirectory(partial);
        try
        {
            WriteJson(partial, HuggingFaceConfig.FileName, CreateConfig(model.Config, model.HasHead));
            if (model.Palette is { } palette)
            {
                WriteJson(partial, HuggingFaceProcessor.FileName, CreateProcessor(palette, model.Config.ImageSize, model.Cropping));
            }

            using (var lease = model.Lease(torch.CPU))
            using (var stream = File.Create(Path.Combine(partial, HuggingFaceFolder.WeightsFile)))
            {
                WriteWeights(lease.Network, stream);
                stream.Flush(flushToDisk: true);
            }

            if (Directory.Exists(folder))
            {
                Directory.Delete(folder); // it is empty
            }

            Directory.Move(partial, folder);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    private static JsonObject CreateConfig(ImageGptConfig config, bool hasHead) => new()
    {
        ["architectures"] = new JsonArray(hasHead ? "ImageGPTForCausalImageModeling" : "ImageGPTModel"),
        ["model_type"] = HuggingFaceConfig.ModelTypeName,
        ["vocab_size"] = config.Colors + 1,
        ["n_positions"] = config.ContextLength,
        ["n_embd"] = config.EmbeddingSize,
        ["n_layer"] = config.Layers,
        ["n_head"] = config.Heads,
        ["n_inner"] = null,
        ["activation_function"] = HuggingFaceConfig.QuickGelu,
        ["resid_pdrop"] = 0.0, // the paper uses no dropout; Hugging Face's default is 0.1
        ["embd_pdrop"] = 0.0,
        ["attn_pdrop"] = 0.0,
        ["layer_norm_epsilon"] = HuggingFaceConfig.Epsilon,
        ["initializer_range"] = 0.02,
        ["scale_attn_weights"] = true,
        ["scale_attn_by_inverse_layer_idx"] = false,
        ["reorder_and_upcast_attn"] = false,
        ["tie_word_embeddings"] = false,
        ["use_cache"] = true,
        ["torch_dtype"] = "float32",
    };

    private static JsonObject CreateProcessor(Palette palette, int side, ImageCropping cropping)
    {
        var clusters = new JsonArray();
        var centers = palette.Centers.Span;
        for (var i = 0; i < centers.Length; i += 3)
        {
            JsonNode center = new JsonArray(centers[i], centers[i + 1], centers[i + 2]); // with enough digits for single precision
            clusters.Add(center);
        }

        var processor = new JsonObject
        {
            ["image_processor_type"] = "ImageGPTImageProcessor",
            ["do_resize"] = true,
            ["size"] = new JsonObject { ["height"] = side, ["width"] = side },
            ["resample"] = HuggingFaceProcessor.Bilinear,
            ["do_normalize"] = true,
            ["do_color_quantize"] = true,
            ["clusters"] = clusters,
        };
        if (cropping == ImageCropping.CenterCrop)
        {
            // In the terms of Hugging Face's other processors, to document the cropping: ImageGPT's own processor does not crop, and would squash images.
            processor["do_center_crop"] = true;
            processor["crop_size"] = new JsonObject { ["height"] = CropWindow.Side, ["width"] = CropWindow.Side };
        }

        return processor;
    }

    private static void WriteJson(string folder, string name, JsonObject json)
    {
        using var stream = File.Create(Path.Combine(folder, name));
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = name == HuggingFaceConfig.FileName });
        json.WriteTo(writer);
    }

    private static void WriteWeights(ImageGptNetwork network, Stream stream)
    {
        var weights = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
        var infos = new List<WeightInfo>();
        foreach (var (name, weight) in network.state_dict())
        {
            if (!network.HasHead && name == NetworkShapes.HeadName)
            {
                continue;
            }

            var nameInFile = network.HasHead ? name : name[HuggingFaceFolder.Prefix.Length..];
            weights.Add(nameInFile, weight);
            infos.Add(new WeightInfo(nameInFile, WeightType.Float32, weight.shape));
            if (HuggingFaceFolder.HasBias(name, weight.shape))
            {
                infos.Add(new WeightInfo(HuggingFaceFolder.BiasOf(nameInFile), WeightType.Float32, [weight.shape[1]]));
            }
        }

        var writer = new SafetensorsWriter(stream, infos, Metadata);
        foreach (var info in infos)
        {
            writer.Write(info.Name, weights.TryGetValue(info.Name, out var weight) ? MemoryMarshal.Cast<byte, float>(weight.bytes) : new float[info.Count]);
        }

        writer.Complete();
    }
}
