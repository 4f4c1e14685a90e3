using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using IGptMl.Batches;
using IGptMl.Models;

namespace IGptMl.Pretraining;

/// <summary>All that decides the weights of a run, by name, as its checkpoints keep it: a run with other settings is another one.</summary>
internal static class PretrainingSettings
{
    /// <summary>The setting that holds the seed.</summary>
    internal const string Seed = nameof(ImageGptTrainer.Options.Seed);

    /// <summary>The setting that holds the peak rate.</summary>
    internal const string LearningRate = nameof(ImageGptTrainer.Options.LearningRate);

    /// <summary>The settings of a run.</summary>
    internal static IReadOnlyDictionary<string, string> Describe(ImageGptTrainer.Options options, PretrainingRun run, Palette? palette, ImageCropping cropping)
    {
        var settings = new Dictionary<string, string>();
        var ((images, parts), (training, validation)) = (run.Batch, run.Tables);
        Add(TrainingCheckpoint.ModelSetting, JsonSerializer.Serialize(options.Model));
        Add("Images", Describe(training));
        Add("Validation images", validation is null ? "none" : Describe(validation));
        Add("Palette", palette is null ? "none" : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(palette.Centers.Span))));
        if (cropping != ImageCropping.Squash)
        {
            Add(TrainingCheckpoint.CroppingSetting, cropping); // left out where nothing is cropped, as it was before checkpoints told it
        }

        Add(nameof(options.Steps), options.Steps);
        Add(nameof(options.BatchSize), images);
        Add(nameof(options.AccumulationSteps), parts);
        Add(LearningRate, options.LearningRate);
        Add(nameof(options.WarmUpSteps), run.WarmUpSteps);
        Add(nameof(options.MaxGradientNorm), options.MaxGradientNorm);
        Add(nameof(options.WeightDecay), options.WeightDecay);
        Add<double?>(nameof(options.MaskProbability), options.Model.Objective == PretrainingObjective.Masked ? options.MaskProbability : null);
        Add(nameof(options.Augmentation), options.Augmentation);
        Add(nameof(options.Precision), options.Precision);
        Add(nameof(options.ValidationInterval), validation is null ? null : options.ValidationInterval);
        Add(nameof(options.EarlyStopPatience), validation is null ? null : options.EarlyStopPatience);
        Add(Seed, run.Seed);
        return settings;

        void Add<T>(string name, T value) => settings.Add(name, string.Create(CultureInfo.InvariantCulture, $"{value}") is { Length: > 0 } text ? text : "none");
    }

    private static string Describe(TokenTable table) => $"{table.Count} of checksum {table.Digest()}";
}
