using System.Runtime.InteropServices;
using System.Text.Json;
using IGptMl.Formats;
using IGptMl.Network;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>
/// The model in a checkpoint of pretraining or fine-tuning: beside what every checkpoint holds (<see cref="CheckpointFormat"/>), the palette. In
/// fine-tuning, it is the network without the classifier on top of it.
/// </summary>
internal static class TrainingCheckpoint
{
    /// <summary>The ending of checkpoints' names.</summary>
    internal const string Extension = ".safetensors";

    /// <summary>The name of the palette's tensor: its colors one after the other.</summary>
    internal const string PaletteName = "palette";

    /// <summary>The run's setting that holds the architecture, as json.</summary>
    internal const string ModelSetting = "Model";

    /// <summary>The run's setting that says how its images became squares; where it is missing, they were squashed.</summary>
    internal const string CroppingSetting = "Cropping";

    /// <summary>The run's setting that says what it does; where it is missing, it is pretraining.</summary>
    internal const string TaskSetting = "Task";

    /// <summary>The task of a fine-tuning run.</summary>
    internal const string FineTuning = "fine-tuning";

    /// <summary>What the names of the network's weights begin with in a checkpoint of fine-tuning.</summary>
    internal const string FineTunedPrefix = "gpt.";

    /// <summary>The name of the classifier's weights in a checkpoint of fine-tuning.</summary>
    internal const string ClassifierName = "score.weight";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Whether the file is called as a checkpoint, or begins as a safetensors file does: the header's length, and then json.</summary>
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

    /// <summary>Reads the model: the network with the weights of the checkpoint's step, the palette and how images become squares.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or no training checkpoint; the message names it.</exception>
    internal static ImageGptModel Load(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new SafetensorsReader(file, $"'{path}'", leaveOpen: true);
        if (!reader.Metadata.TryGetValue(CheckpointFormat.StateKey, out var state))
        {
            throw new InvalidDataException($"'{path}' holds weights without the settings of a training run, so that their architecture is unknown. "
                + "Expected a checkpoint that a trainer wrote, or the folder of a Hugging Face model, not its weights alone.");
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
        return new ImageGptModel(ReadNetwork(config, reader, prefix), palette, ReadCropping(path, run));
    }

    private static IReadOnlyDictionary<string, string> ReadRun(string path, string state)
    {
        try
        {
            return JsonSerializer.Deserialize<State>(state, Json)?.Run ?? throw new JsonException("no run");
        }
        catch (JsonException e)
        {
            var reason = $"its metadata '{CheckpointFormat.StateKey}' cannot be read ({e.Message})";
            throw new InvalidDataException($"'{path}' is no training checkpoint of this version: {reason}.", e);
        }
    }

    private static ImageGptConfig ReadConfig(string path, IReadOnlyDictionary<string, string> run)
    {
        if (!run.TryGetValue(ModelSetting, out var text))
        {
            throw new InvalidDataException($"'{path}' is a training checkpoint, but not of an Image GPT: its run has no setting '{ModelSetting}'.");
        }

        try
        {
            var config = JsonSerializer.Deserialize<ImageGptConfig>(text) ?? throw new JsonException("no architecture");
            var guard = new OptionGuard();
            config.Check(guard);
            guard.ThrowIfAny(ModelSetting);
            return config;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' does not tell its architecture: its run's setting '{ModelSetting}' is '{text}' ({e.Message}).", e);
        }
    }

    private static ImageCropping ReadCropping(string path, IReadOnlyDictionary<string, string> run)
    {
        var text = run.GetValueOrDefault(CroppingSetting, nameof(ImageCropping.Squash));
        return Enum.TryParse<ImageCropping>(text, out var cropping) && Enum.IsDefined(cropping)
            ? cropping
            : throw new InvalidDataException(
                $"'{path}' says that its images became squares by '{text}'; expected {string.Join(" or ", Enum.GetNames<ImageCropping>())}.");
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
            throw new InvalidDataException($"'{path}' holds a palette that is none: {e.Message}", e);
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
