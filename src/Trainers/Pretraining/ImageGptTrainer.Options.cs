using IGptMl.Numerics;

namespace IGptMl;

public sealed partial class ImageGptTrainer
{
    /// <summary>The advanced options of <see cref="ImageGptTrainer"/>. The defaults are the paper's for iGPT-S.</summary>
    public sealed partial record Options : ImageGptTrainingOptions
    {
        /// <summary>The paper's settings for iGPT-S.</summary>
        public Options()
            : base(learningRate: 0.003, LearningRateSchedule.Cosine, validationFraction: 0, patience: null)
        {
        }

        /// <summary>
        /// The architecture; its number of colors and its context length must match the token column. Default <see cref="ImageGptConfig.Small"/>.
        /// </summary>
        public ImageGptConfig Model { get; init; } = ImageGptConfig.Small;

        /// <summary>The number of optimization steps, at least 1. Default 1,000,000.</summary>
        public long Steps { get; init; } = 1_000_000;

        /// <summary>
        /// The file that caches the tokens between fits; null keeps them in memory. The first fit writes it, two bytes per token; later fits map it into
        /// memory. It is written again if it is damaged, or if the images, palette, size or cropping have changed. Default null.
        /// </summary>
        public string? CacheFile { get; init; }

        /// <summary>
        /// The number of steps between sheets of 16 images that are sampled from the model and written to the checkpoint folder, samples-000001000.png and so
        /// on, at least 1; there is also one after the last step. Requires a <see cref="TrainingOptions.CheckpointFolder"/>, tokens with a palette, and an
        /// autoregressive model. Default null: none.
        /// </summary>
        public long? SampleInterval { get; init; }

        /// <summary>Receives the progress after every step; the implementation decides the thread (the training thread by default). Default null.</summary>
        public IProgress<TrainingProgress>? Progress { get; init; }

        internal void Check()
        {
            var guard = new OptionGuard()
                .Require(Model is not null, nameof(Model), Model, "an architecture")
                .AtLeast(nameof(Steps), Steps, 1)
                .Require(CacheFile is null || !string.IsNullOrWhiteSpace(CacheFile), nameof(CacheFile), $"'{CacheFile}'", "the path of a file, or null")
                .AtLeast(nameof(SampleInterval), SampleInterval ?? 1, 1)
                .Require(SampleInterval is null || CheckpointFolder is not null, nameof(SampleInterval), SampleInterval, "null without a CheckpointFolder")
                .Require(
                    SampleInterval is null || Model?.Objective != PretrainingObjective.Masked,
                    nameof(SampleInterval),
                    SampleInterval,
                    "null for a masked model, which has no order in which to draw");
            Check(guard, Steps, Model?.ImageSize ?? 1);
            Model?.Check(guard);
            guard.ThrowIfAny("options");
        }
    }
}
