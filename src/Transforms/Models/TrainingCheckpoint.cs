using System.Runtime.InteropServices;
using System.Text.Json;
using IGptMl.Formats;
using IGptMl.Network;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>
/// The model in a checkpoint of pretraining or fine-tuning, which has the content of all checkpoints (<see cref="CheckpointFormat"/>) and a palette. From a
/// checkpoint of fine-tuning, the network is loaded without the classifier.
/// </summary>
internal static class TrainingCheckpoint
{
    /// <summary>The extension of checkpoint files.</summary>
    internal const string Extension = ".safetensors";

    /// <summary>The name of the palette's tensor, (K, 3).</summary>
    internal const string PaletteName = "palette";

    /// <summary>The setting of the run that contains the architecture, as JSON.</summary>
    internal const string ModelSetting = "Model";

    /// <summary>The setting of the run that contains the cropping of its images; if it is missing, they were squashed.</summary>
    internal const string CroppingSetting = "Cropping";

    /// <summary>The setting of the run that contains its task; if it is missing, the task is pretraining.</summary>
    internal const string TaskSetting = "Task";

    /// <summary>The task of a fine-tuning run.</summary>
    internal const string FineTuning = "fine-tuning";

    /// <summary>The prefix of the names of the network's weights in a checkpoint of fine-tuning.</summary>
    internal const string FineTunedPrefix = "gpt.";

    /// <summary>The name of the classifier's weights in a checkpoint of fine-tuning.</summary>
    internal const string ClassifierName = "score.weight";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { TypeInfoResolver = JsonReflection.Resolver };

    /// <summary>Whether the file has the extension of a checkpoint, or starts like a safetensors file: with the header's length, followed by JSON.</summary>
    internal static bool IsOne(string path)
    {
        if (path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[sizeof(long) + 1];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[^1] == (byte)'{' && !start.StartsWith("PK"u8);
    }

    /// <summary>Loads the model: the network with the checkpoint's weights, the palette and the cropping.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or is not a training checkpoint; the message names it.</exception>
    internal static ImageGptModel Load(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new SafetensorsReader(file, $"'{path}'", leaveOpen: true);
        if (!reader.Metadata.TryGetValue(CheckpointFormat.StateKey, out var state))
        {
            throw new InvalidDataException($"'{path}' has weights but not the settings of a training run, so their architecture is unknown. "
                + "Expected a checkpoint that a trainer wrote, or the folder of a Hugging Face model, not only its weights.");
        }

        CheckpointFormat.CheckDigest(file, path);
        var run = ReadRun(path, state);
        var config = ReadConfig(path, run);
        var prefix = run.GetValueOrDefault(TaskSetting) == FineTuning ? FineTunedPrefix : string.Empty;
        var check = new WeightCheck(reader);
        foreach (var (name, shape) in NetworkShapes.Of(config))
        {
            check.Require(prefix + name, shape);
        }

        if (prefix.Length > 0)
        {
            check.Ignore(ClassifierName);
        }

        var hasPalette = check.Allow(PaletteName, 3L * config.Colors);
        check.Ignore(CheckpointFormat.DigestName);
        foreach (var weight in reader.Weights.Where(weight => weight.Name.StartsWith(CheckpointFormat.OptimizerPrefix, StringComparison.Ordinal)))
        {
            check.Ignore(weight.Name);
        }

        check.ThrowIfAny();
        var palette = hasPalette ? ReadPalette(path, reader, config) : null;
        return new ImageGptModel(ReadNetwork(config, reader, prefix), palette, ReadCropping(path, run), ModelOrigin.OfCheckpoint(run));
    }

    private static IReadOnlyDictionary<string, string> ReadRun(string path, string state)
    {
        try
        {
            return JsonReflection.Read<State>(state, Json)?.Run ?? throw new JsonException("no run");
        }
        catch (JsonException e)
        {
            var reason = $"its metadata '{CheckpointFormat.StateKey}' cannot be read ({e.Message})";
            throw new InvalidDataException($"'{path}' is not a training checkpoint of this version: {reason}.", e);
        }
    }

    private static ImageGptConfig ReadConfig(string path, IReadOnlyDictionary<string, string> run)
    {
        if (!run.TryGetValue(ModelSetting, out var text))
        {
            throw new InvalidDataException($"'{path}' is a training checkpoint, but not one of an Image GPT: its run has no setting '{ModelSetting}'.");
        }

        try
        {
            var config = JsonReflection.Read<ImageGptConfig>(text) ?? throw new JsonException("no architecture");
            var guard = new OptionGuard();
            config.Check(guard);
            guard.ThrowIfAny(ModelSetting);
            return config;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' does not have a valid architecture: its run's setting '{ModelSetting}' is '{text}' ({e.Message}).", e);
        }
    }

    private static ImageCropping ReadCropping(string path, IReadOnlyDictionary<string, string> run)
    {
        var text = run.GetValueOrDefault(CroppingSetting, nameof(ImageCropping.Squash));
        return Enum.TryParse<ImageCropping>(text, out var cropping) && Enum.IsDefined(cropping)
            ? cropping
            : throw new InvalidDataException(
                $"'{path}' has the cropping '{text}'; expected {string.Join(" or ", Enum.GetNames<ImageCropping>())}.");
    }

    private static Palette ReadPalette(string path, SafetensorsReader reader, ImageGptConfig config)
    {
        var centers = new float[3 * config.Colors];
        reader.ReadFloat32(PaletteName, centers);
        try
        {
            return Palette.FromCenters(centers);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"'{path}' has an invalid palette: {e.Message}", e);
        }
    }

    private static ImageGptNetwork ReadNetwork(ImageGptConfig config, SafetensorsReader reader, string prefix)
    {
        TorchRuntime.EnsureLoaded();
        using var noGradients = torch.no_grad();
        var network = new ImageGptNetwork(config);
        try
        {
            foreach (var (name, weight) in network.state_dict())
            {
                reader.ReadFloat32(prefix + name, MemoryMarshal.Cast<byte, float>(weight.bytes));
            }

            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private sealed record State(IReadOnlyDictionary<string, string>? Run);
}
