using System.Globalization;
using System.Runtime.InteropServices;
using IGptMl.Formats;
using IGptMl.Network;
using IGptMl.Numerics;

namespace IGptMl.Models;

/// <summary>
/// A model in the format of OpenAI's code: a TensorFlow checkpoint. Its shapes determine the architecture; without a start-of-sequence vector, it is a masked
/// (BERT) model. Its palette is OpenAI's kmeans_centers.npy, if that is in the same folder. Variables of the optimizer and of a classifier are ignored. Images
/// are cropped to the middle, as in the paper's evaluation of these models and in the image arrays that were published with them.
/// </summary>
internal static class TensorFlowCheckpoint
{
    internal const string IndexEnding = ".index";

    /// <summary>The name of the palette that OpenAI published for its checkpoints.</summary>
    internal const string PaletteFile = "kmeans_centers.npy";

    private const string Scope = "model/";
    private const string StartName = Scope + "sos";

    /// <summary>Loads the model. In addition to the network, at most one tensor is in memory.</summary>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or the checkpoint has another kind of network.</exception>
    internal static ImageGptModel Load(string prefix)
    {
        TorchRuntime.EnsureLoaded();
        using var reader = TensorFlowReader.OpenFile(prefix);
        var config = ReadConfig(reader);
        Check(reader, config);
        var network = new ImageGptNetwork(config);
        try
        {
            Read(reader, network);
            return new ImageGptModel(network, LoadPalette(prefix, config), ImageCropping.CenterCrop);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static Palette? LoadPalette(string prefix, ImageGptConfig config)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(prefix))!, PaletteFile);
        if (!File.Exists(path))
        {
            return null;
        }

        var palette = Palette.Load(path);
        return palette.Count == config.Colors
            ? palette
            : throw new InvalidDataException($"'{path}' has {palette.Count} colors; the checkpoint '{prefix}' beside it has {config.Colors}.");
    }

    private static ImageGptConfig ReadConfig(WeightReader reader)
    {
        var tokens = Shape(reader, Scope + "wte", "[colors, d]", 2);
        var positions = Shape(reader, Scope + "wpe", "[positions, d]", 2);
        var queries = Shape(reader, Scope + "h0/attn/q_proj", "[heads, d / heads, d]", 3);
        // Only autoregressive models have a start-of-sequence vector.
        var objective = reader.TryFind(StartName, out _) ? PretrainingObjective.Autoregressive : PretrainingObjective.Masked;
        var side = (int)Math.Sqrt(positions[0]);
        var config = new ImageGptConfig
        {
            ImageSize = side,
            Colors = Saturate(tokens[0]),
            EmbeddingSize = Saturate(tokens[1]),
            Layers = CountLayers(reader),
            Heads = Saturate(queries[0]),
            Objective = objective,
        };
        var guard = new OptionGuard().Require((long)side * side == positions[0], "The number of positions", positions[0], "the square of an image's side");
        config.Check(guard);
        guard.ThrowIfDamaged(reader.Source);
        return config;
    }

    private static long[] Shape(WeightReader reader, string name, string expected, int dimensions) => reader.TryFind(name, out var weight)
        ? weight.Shape.Length == dimensions
            ? weight.Shape
            : throw new InvalidDataException($"'{reader.Source}': variable {weight} should have the shape {expected}.")
        : throw new InvalidDataException($"'{reader.Source}' is not a checkpoint of an Image GPT: it has no variable '{name}' {expected}.");

    private static int Saturate(long size) => (int)Math.Min(size, int.MaxValue);

    private static int CountLayers(WeightReader reader)
    {
        const string Start = Scope + "h";
        return 1 + reader.Weights
            .Where(weight => weight.Name.StartsWith(Start, StringComparison.Ordinal) && weight.Name.IndexOf('/', Start.Length) > 0)
            .Select(weight => LayerOf(weight.Name.AsSpan(Start.Length, weight.Name.IndexOf('/', Start.Length) - Start.Length)))
            .Where(layer => layer < int.MaxValue)
            .Max();
    }

    private static int LayerOf(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) ? layer : 0;

    private static void Check(WeightReader reader, ImageGptConfig config)
    {
        long d = config.EmbeddingSize, heads = config.Heads;
        var check = new WeightCheck(reader);
        check.Require(Scope + "wte", config.Colors, d);
        if (config.Objective == PretrainingObjective.Autoregressive)
        {
            check.Require(StartName, d);
        }

        check.Require(Scope + "wpe", config.ContextLength, d);
        for (var l = 0; l < config.Layers; l++)
        {
            var block = $"{Scope}h{l}/";
            check.Require(block + "ln_1/g", d);
            foreach (var part in (string[])["q_proj", "k_proj", "v_proj", "c_proj"])
            {
                check.Require($"{block}attn/{part}", heads, d / heads, d);
            }

            check.Require(block + "ln_2/g", d);
            check.Require(block + "mlp/c_fc/w", d, 4 * d);
            check.Require(block + "mlp/c_proj/w", 4 * d, d);
        }

        check.Require(Scope + "ln_f/g", d);
        check.Require(Scope + "wtet", config.Colors, d);
        foreach (var weight in reader.Weights.Where(weight => IsNoPartOfTheNetwork(weight.Name)))
        {
            check.Ignore(weight.Name);
        }

        check.ThrowIfAny();
    }

    /// <summary>Whether it is a variable of the optimizer, such as model/wte/Adam_1 or adam_m/model/wte, or of a classifier.</summary>
    private static bool IsNoPartOfTheNetwork(string name) => !name.StartsWith(Scope, StringComparison.Ordinal)
        || name.StartsWith(Scope + "clf/", StringComparison.Ordinal)
        || name[(name.LastIndexOf('/') + 1)..].StartsWith("adam", StringComparison.OrdinalIgnoreCase);

    private static void Read(WeightReader reader, ImageGptNetwork network)
    {
        var weights = network.state_dict();
        var d = network.Config.EmbeddingSize;
        var tokens = Values("transformer.wte.weight");
        reader.ReadFloat32(Scope + "wte", tokens[..(network.Config.Colors * d)]);
        if (network.Config.Objective == PretrainingObjective.Autoregressive)
        {
            reader.ReadFloat32(StartName, tokens[^d..]);
        }

        Copy("wpe", "transformer.wpe.weight");
        for (var l = 0; l < network.Config.Layers; l++)
        {
            var (from, to) = ($"h{l}/", $"transformer.h.{l}.");
            Copy(from + "ln_1/g", to + "ln_1.weight");
            ReadAttention(reader, $"{Scope}{from}attn/", Values(to + "attn.c_attn.weight"), d);
            Copy(from + "attn/c_proj", to + "attn.c_proj.weight"); // [heads, d / heads, d] is already (in, out)
            Copy(from + "ln_2/g", to + "ln_2.weight");
            Copy(from + "mlp/c_fc/w", to + "mlp.c_fc.weight");
            Copy(from + "mlp/c_proj/w", to + "mlp.c_proj.weight");
        }

        Copy("ln_f/g", "transformer.ln_f.weight");
        Copy("wtet", "lm_head.weight");

        void Copy(string from, string to) => reader.ReadFloat32(Scope + from, Values(to));

        Span<float> Values(string name) => MemoryMarshal.Cast<byte, float>(weights[name].bytes);
    }

    /// <summary>Queries, keys and values are separate matrices (out, in); here they become the columns of one matrix (in, out).</summary>
    private static void ReadAttention(WeightReader reader, string scope, Span<float> joined, int d)
    {
        var part = new float[d * d];
        for (var p = 0; p < 3; p++)
        {
            reader.ReadFloat32($"{scope}{"qkv"[p]}_proj", part);
            for (var input = 0; input < d; input++)
            {
                var row = joined.Slice((3 * d * input) + (p * d), d);
                for (var output = 0; output < d; output++)
                {
                    row[output] = part[(d * output) + input];
                }
            }
        }
    }
}
