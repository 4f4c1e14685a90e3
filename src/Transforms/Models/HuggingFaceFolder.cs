using System.Runtime.InteropServices;
using IGptMl.Formats;
using IGptMl.Network;
using IGptMl.Numerics;

namespace IGptMl.Models;

/// <summary>
/// A model in the format of Hugging Face's ImageGPT: a folder with config.json, the weights, and often preprocessor_config.json with the palette.
/// </summary>
internal static class HuggingFaceFolder
{
    internal const string WeightsFile = "model.safetensors";

    /// <summary>The part of all names but the head's that a model saved without a head lacks.</summary>
    internal const string Prefix = "transformer.";

    private const string ClassifierHead = "score.weight";

    private const string IndexEnding = ".index.json";

    private static readonly (string Name, Func<string, WeightReader> Open)[] WeightFiles =
    [
        (WeightsFile, SafetensorsReader.OpenFile),
        (WeightsFile + IndexEnding, path => ShardedReader.OpenFile(path)),
        ("pytorch_model.bin", PyTorchReader.OpenFile),
        ("pytorch_model.bin" + IndexEnding, path => ShardedReader.OpenFile(path, PyTorchReader.OpenFile)),
    ];

    /// <summary>The names of the files that a folder may have its weights in, in the order of preference.</summary>
    internal static IEnumerable<string> WeightFileNames => WeightFiles.Select(file => file.Name);

    /// <summary>Whether a file of weights only names the files that have them.</summary>
    internal static bool IsIndex(string weightFile) => weightFile.EndsWith(IndexEnding, StringComparison.Ordinal);

    /// <summary>Whether the folder has a config.json.</summary>
    internal static bool IsOne(string folder) => File.Exists(Path.Combine(folder, HuggingFaceConfig.FileName));

    /// <summary>Loads the model. In addition to the network, at most a part of one tensor is in memory.</summary>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or the folder has another kind of network.</exception>
    internal static ImageGptModel Load(string folder, PaletteRange range)
    {
        TorchRuntime.EnsureLoaded();
        var config = HuggingFaceConfig.Read(Path.Combine(folder, HuggingFaceConfig.FileName));
        var processor = Path.Combine(folder, HuggingFaceProcessor.FileName);
        var (palette, cropping) = File.Exists(processor) ? HuggingFaceProcessor.Read(processor, config, range) : default;
        using var reader = OpenWeights(folder);
        return new ImageGptModel(Read(reader, config), palette, cropping, ModelOrigin.OfFolder(folder));
    }

    /// <summary>Whether Hugging Face's layer with this weight also has a bias, with the weight's second size.</summary>
    internal static bool HasBias(string name, long[] shape) => shape.Length == 2 && name.Contains(".h.", StringComparison.Ordinal);

    /// <summary>The name of the bias that belongs to a weight.</summary>
    internal static string BiasOf(string name) => Path.ChangeExtension(name, "bias");

    private static WeightReader OpenWeights(string folder)
    {
        foreach (var (name, open) in WeightFiles)
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return open(path);
            }
        }

        throw new InvalidDataException($"'{folder}' has no weights; expected one of {string.Join(", ", WeightFiles.Select(file => $"'{file.Name}'"))}.");
    }

    private static ImageGptNetwork Read(WeightReader reader, ImageGptConfig config)
    {
        // If a model was saved as one without a head, ImageGPTModel, its names have no prefix.
        var hasPrefix = reader.Weights.Any(weight => weight.Name.StartsWith(Prefix, StringComparison.Ordinal));
        var names = NetworkShapes.Of(config).Keys.ToDictionary(
            name => hasPrefix || !name.StartsWith(Prefix, StringComparison.Ordinal) ? name : name[Prefix.Length..],
            StringComparer.Ordinal);
        Check(reader, config, hasPrefix ? Prefix : string.Empty, names);

        var network = new ImageGptNetwork(config) { HasHead = reader.TryFind(NetworkShapes.HeadName, out _) };
        try
        {
            var weights = network.state_dict();
            foreach (var weight in reader.Weights)
            {
                if (names.TryGetValue(weight.Name, out var name))
                {
                    reader.ReadFloat32(weight.Name, MemoryMarshal.Cast<byte, float>(weights[name].bytes));
                }
            }

            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static void Check(WeightReader reader, ImageGptConfig config, string prefix, Dictionary<string, string> names)
    {
        var check = new WeightCheck(reader);
        var shapes = NetworkShapes.Of(config);
        foreach (var (nameInFile, name) in names)
        {
            if (name != NetworkShapes.HeadName)
            {
                check.Require(nameInFile, shapes[name]);
            }
            else
            {
                check.Allow(nameInFile, shapes[name]);
            }

            if (HasBias(name, shapes[name]))
            {
                check.AllowZeros(BiasOf(nameInFile), shapes[name][1]);
            }
        }

        // The causal mask and its fill value, which old versions stored.
        for (var l = 0; l < config.Layers; l++)
        {
            check.Ignore($"{prefix}h.{l}.attn.bias");
            check.Ignore($"{prefix}h.{l}.attn.masked_bias");
        }

        check.Ignore(ClassifierHead);
        check.ThrowIfAny();
    }
}
