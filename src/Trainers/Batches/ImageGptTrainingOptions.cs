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
    /// For a masked model, the probability with which each token of an image is hidden, in training and when the trained model is used: more than 0 and less
    /// than 1. At least one token is always hidden. Default 0.15; the paper found 0.2 to be as good, and higher values worse.
    /// </summary>
    public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

    /// <summary>
    /// Random shifts and flips of the images, drawn anew in every step. Default null: none. For pretraining the paper crops images at random before they are
    /// quantized, which is <see cref="ImageCropping.RandomCrop"/>. For fine-tuning on CIFAR it uses <c>new()</c>; smaller images need less padding.
    /// </summary>
    public TokenAugmentation? Augmentation { get; init; }

    /// <summary>
    /// Whether the backward pass recomputes each block's activations instead of keeping those of all blocks (gradient checkpointing): the same results with far
    /// less memory, in about a third more time. For long sequences, such as those of 48x48 and 64x64 pixels, and deep models. Default false.
    /// </summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>Adds the options and the sizes of the architecture that determine the weights to the settings of a run.</summary>
    internal void Describe(RunSettings settings, ImageGptConfig config)
    {
        settings.Add(TrainingCheckpoint.ModelSetting, JsonReflection.Write(config));
        settings.Add<double?>(nameof(MaskProbability), config.Objective == PretrainingObjective.Masked ? MaskProbability : null);
        settings.Add(nameof(Augmentation), Augmentation);
    }

    /// <summary>Adds the problems of the shared options to <paramref name="guard"/>.</summary>
    /// <param name="guard">Collects the problems.</param>
    /// <param name="steps">The total number of steps, if known.</param>
    /// <param name="imageSize">The side of the model's images in pixels.</param>
    private protected void Check(OptionGuard guard, long? steps, int imageSize)
    {
        guard.Name(nameof(InputColumnName), InputColumnName);
        Check(guard, steps);
        guard.Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1");
        Augmentation?.Check(guard, nameof(Augmentation), imageSize);
    }
}
