using System.Text.Json;
using IGptMl.Models;
using IGptMl.Numerics;
using IGptMl.Optimization;

namespace IGptMl;

/// <summary>
/// The options that all trainers of an Image GPT share: <see cref="ImageGptTrainer.Options"/> and <see cref="ImageGptFineTuneTrainer.Options"/>.
/// </summary>
public abstract record ImageGptTrainingOptions : TrainingOptions
{
    private protected ImageGptTrainingOptions(double learningRate, LearningRateSchedule schedule, double validationFraction, int? patience)
        : base(learningRate, schedule, validationFraction, patience)
    {
    }

    /// <summary>The token column. Default "Tokens".</summary>
    public string InputColumnName { get; init; } = "Tokens";

    /// <summary>
    /// For a masked model, the probability with which each token of an image is hidden in a step, and when the trained model is used, more than 0 and less
    /// than 1; at least one always is. Default 0.15; the paper found 0.2 as good, and more worse.
    /// </summary>
    public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

    /// <summary>
    /// Shifts and flips of the images, other ones in every step. Default null: none. For pretraining the paper crops its images at random before it
    /// quantizes them, which is <see cref="ImageCropping.RandomCrop"/>; for fine-tuning on CIFAR it has <c>new()</c>, and smaller images want less padding.
    /// </summary>
    public TokenAugmentation? Augmentation { get; init; }

    /// <summary>
    /// Whether the backward pass computes each block's activations again in place of keeping those of all blocks: the same numbers with far less memory,
    /// in about a third more time. For long sequences, such as those of 48x48 and 64x64 pixels, and deep models. Default false.
    /// </summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>Adds what these options and the architecture decide of the weights to the settings of a run.</summary>
    internal void Describe(RunSettings settings, ImageGptConfig config)
    {
        settings.Add(TrainingCheckpoint.ModelSetting, JsonSerializer.Serialize(config));
        settings.Add<double?>(nameof(MaskProbability), config.Objective == PretrainingObjective.Masked ? MaskProbability : null);
        settings.Add(nameof(Augmentation), Augmentation);
    }

    /// <summary>Adds to <paramref name="guard"/> what is wrong with the shared options.</summary>
    /// <param name="guard">Collects the problems.</param>
    /// <param name="steps">All steps, where their number is known.</param>
    /// <param name="imageSize">The side of the model's images in pixels.</param>
    private protected void Check(OptionGuard guard, long? steps, int imageSize)
    {
        guard.Name(nameof(InputColumnName), InputColumnName);
        Check(guard, steps);
        guard.Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1");
        Augmentation?.Check(guard, nameof(Augmentation), imageSize);
    }
}
