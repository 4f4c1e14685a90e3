using IGptMl.Numerics;
using IGptMl.Optimization;

namespace IGptMl;

public sealed partial class ImageGptTrainer
{
    /// <summary>The advanced options of <see cref="ImageGptTrainer"/>. The defaults are the paper's for iGPT-S.</summary>
    public sealed partial record Options
    {
        /// <summary>The token column. Default "Tokens".</summary>
        public string InputColumnName { get; init; } = "Tokens";

        /// <summary>The architecture; its number of colors and its context must be the token column's. Default <see cref="ImageGptConfig.Small"/>.</summary>
        public ImageGptConfig Model { get; init; } = ImageGptConfig.Small;

        /// <summary>The number of optimization steps, at least 1. Default 1,000,000.</summary>
        public long Steps { get; init; } = 1_000_000;

        /// <summary>The number of images a step, 1 to 65,536; no more than there are rows. Default 128.</summary>
        public int BatchSize { get; init; } = 128;

        /// <summary>
        /// The number of equal parts in which a step's images go through the network one after the other, their gradients added up: less memory for the
        /// same step. It divides <see cref="BatchSize"/>. Default 1.
        /// </summary>
        public int AccumulationSteps { get; init; } = 1;

        /// <summary>The peak learning rate, more than 0 and at most 1. Default 0.003; larger models need lower ones.</summary>
        public double LearningRate { get; init; } = 0.003;

        /// <summary>
        /// Whether the peak learning rate is found by a range test before the first step, in place of <see cref="LearningRate"/>; see
        /// <see cref="ImageGptTrainer.FindLearningRate(Microsoft.ML.IDataView)"/>. A run that goes on keeps the rate that was found for it. Default false.
        /// </summary>
        public bool FindLearningRate { get; init; }

        /// <summary>
        /// The file that keeps the tokens from one fit to the next; null keeps them in memory. It is written in the first fit, two bytes a token, and mapped from then on;
        /// where it is damaged, or of other images, another palette, size or way of cropping, it is written again. Default null.
        /// </summary>
        public string? CacheFile { get; init; }

        /// <summary>The steps of the linear warm-up, 0 to <see cref="Steps"/>. Default null: one epoch, but at most a tenth of the steps.</summary>
        public long? WarmUpSteps { get; init; }

        /// <summary>The norm that all gradients of a step together are scaled down to if they exceed it, more than 0. Default null: never, as in the paper.</summary>
        public double? MaxGradientNorm { get; init; }

        /// <summary>The share of every matrix that a step takes away, times the learning rate (decoupled decay), 0 to 1. Default 0; the paper found that 0.01 changes nothing.</summary>
        public double WeightDecay { get; init; }

        /// <summary>
        /// For a masked model, the probability with which each token of an image is hidden in a step, more than 0 and less than 1; at least one always
        /// is. Default 0.15; the paper found 0.2 as good, and more worse.
        /// </summary>
        public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

        /// <summary>
        /// Shifts and flips of the images, other ones in every step. Default null: none. The paper crops its training images at random before it quantizes
        /// them, which is <see cref="ImageCropping.RandomCrop"/>.
        /// </summary>
        public TokenAugmentation? Augmentation { get; init; }

        /// <summary>The numbers that a step computes with. Default <see cref="TrainingPrecision.Float32"/>, as in the paper.</summary>
        public TrainingPrecision Precision { get; init; }

        /// <summary>
        /// Whether the backward pass computes each block's activations again in place of keeping those of all blocks: the same numbers with far less memory,
        /// in about a third more time. For long sequences, such as those of 48x48 and 64x64 pixels, and deep models. Default false.
        /// </summary>
        public bool RecomputeActivations { get; init; }

        /// <summary>
        /// The share of the rows that is set aside, drawn by the seed, 0 to less than 1: not learned from, but used to measure nats per token while training.
        /// Default 0; the paper sets 0.04 aside while it chooses learning rates. Has no effect where validation data are given.
        /// </summary>
        public double ValidationFraction { get; init; }

        /// <summary>The steps between two validations, at least 1; there is one after the last step, too. Default null: a hundredth of all steps.</summary>
        public long? ValidationInterval { get; init; }

        /// <summary>Ends the training after that many validations in a row that did not come down to the best one, at least 1. Default null: never.</summary>
        public int? EarlyStopPatience { get; init; }

        /// <summary>
        /// Where there is validation, whether the model has the weights of the best validation in the end, not the last ones. Both are in the checkpoint
        /// folder, if there is one: best.safetensors and the newest checkpoint. Default true.
        /// </summary>
        public bool TakeBestWeights { get; init; } = true;

        /// <summary>
        /// A folder for checkpoints, one run's alone; it is made if it is missing. If it holds checkpoints of this run, <see cref="Fit(Microsoft.ML.IDataView)"/> goes on from the
        /// newest good one, on the CPU to the same weights as if it had never been interrupted. Beside them lies metrics.jsonl, the numbers of the run.
        /// Default null: no checkpoints.
        /// </summary>
        public string? CheckpointFolder { get; init; }

        /// <summary>The time between two checkpoints, more than 0; null for none by the clock. There is one at the end, too, and after a cancellation. Default ten minutes.</summary>
        public TimeSpan? CheckpointInterval { get; init; } = TimeSpan.FromMinutes(10);

        /// <summary>The steps between two checkpoints, at least 1. Default null: <see cref="CheckpointInterval"/> alone counts.</summary>
        public long? CheckpointIntervalSteps { get; init; }

        /// <summary>How many of the newest checkpoints are kept, at least 1. Default 2.</summary>
        public int CheckpointsKept { get; init; } = 2;

        /// <summary>Steps after which a checkpoint is written and kept for good, each at least 1; the paper's are 131,000, 262,000, 524,000 and 1,000,000. Default none.</summary>
        public IReadOnlyList<long> CheckpointSteps { get; init; } = [];

        /// <summary>Whether checkpoints that lie in the folder are deleted, and the run begins anew. Default false.</summary>
        public bool StartOver { get; init; }

        /// <summary>A folder for TensorBoard's event files: losses, rate, norm of the gradients, images a second. Default null: none.</summary>
        public string? TensorBoardFolder { get; init; }

        /// <summary>The steps between two lines of metrics.jsonl and between two of TensorBoard's points, at least 1. Default null: a ten-thousandth of all steps.</summary>
        public long? MetricsInterval { get; init; }

        /// <summary>
        /// The steps between two sheets of 16 pictures that are drawn from the model into the checkpoint folder, samples-000001000.png and so on, at least 1; there
        /// is one after the last step, too. Needs a <see cref="CheckpointFolder"/> and tokens with a palette. Masked models have no order in which to draw.
        /// Default null: none.
        /// </summary>
        public long? SampleInterval { get; init; }

        /// <summary>The seed of the initial weights, of the order of the images, of augmentation and of masks; null takes that of the run that goes on, or else of the MLContext. Default null.</summary>
        public int? Seed { get; init; }

        /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
        public bool? FallbackToCpu { get; init; }

        /// <summary>Receives the progress after every step, on the training thread or as the implementation sees fit. Default null.</summary>
        public IProgress<TrainingProgress>? Progress { get; init; }

        /// <summary>Ends the training early; Fit then writes a checkpoint, if there is a folder for it, and returns the model so far, or throws where training has not begun. Default none.</summary>
        public CancellationToken CancellationToken { get; init; }

        internal CheckpointSettings? CheckpointSettings
            => CheckpointFolder is null ? null : new CheckpointSettings(CheckpointFolder, CheckpointIntervalSteps, CheckpointInterval, CheckpointsKept, CheckpointSteps, StartOver);

        internal void Check()
        {
            var guard = new OptionGuard()
                .Name(nameof(InputColumnName), InputColumnName)
                .Require(Model is not null, nameof(Model), Model, "an architecture")
                .AtLeast(nameof(Steps), Steps, 1)
                .Require(CacheFile is null || !string.IsNullOrWhiteSpace(CacheFile), nameof(CacheFile), $"'{CacheFile}'", "the path of a file, or null")
                .Range(nameof(BatchSize), BatchSize, 1, 65536)
                .Require(AccumulationSteps >= 1 && BatchSize % Math.Max(1, AccumulationSteps) == 0, nameof(AccumulationSteps), AccumulationSteps, $"a divisor of BatchSize ({BatchSize})")
                .Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "more than 0 and at most 1")
                .Range(nameof(WarmUpSteps), WarmUpSteps ?? 0, 0, Math.Max(0, Steps))
                .Positive(nameof(MaxGradientNorm), MaxGradientNorm ?? 1)
                .Range(nameof(WeightDecay), WeightDecay, 0, 1)
                .Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1")
                .Require(Enum.IsDefined(Precision), nameof(Precision), Precision, "Float32, TensorFloat32 or BFloat16")
                .Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 to less than 1")
                .AtLeast(nameof(ValidationInterval), ValidationInterval ?? 1, 1)
                .AtLeast(nameof(EarlyStopPatience), EarlyStopPatience ?? 1, 1)
                .Require(CheckpointFolder is null || CheckpointFolder.Trim().Length > 0, nameof(CheckpointFolder), $"'{CheckpointFolder}'", "a folder")
                .Require(!(CheckpointInterval <= TimeSpan.Zero), nameof(CheckpointInterval), CheckpointInterval, "more than 0")
                .AtLeast(nameof(CheckpointIntervalSteps), CheckpointIntervalSteps ?? 1, 1)
                .AtLeast(nameof(CheckpointsKept), CheckpointsKept, 1)
                .Require(CheckpointSteps?.All(step => step >= 1) == true, nameof(CheckpointSteps), CheckpointSteps is null ? null : string.Join(", ", CheckpointSteps), "steps of at least 1")
                .Require(TensorBoardFolder is null || TensorBoardFolder.Trim().Length > 0, nameof(TensorBoardFolder), $"'{TensorBoardFolder}'", "a folder")
                .AtLeast(nameof(MetricsInterval), MetricsInterval ?? 1, 1)
                .AtLeast(nameof(SampleInterval), SampleInterval ?? 1, 1)
                .Require(SampleInterval is null || CheckpointFolder is not null, nameof(SampleInterval), SampleInterval, "null without a CheckpointFolder")
                .Require(SampleInterval is null || Model?.Objective != PretrainingObjective.Masked, nameof(SampleInterval), SampleInterval, "null for a masked model, which has no order in which to draw");
            Model?.Check(guard);
            Augmentation?.Check(guard, nameof(Augmentation), Model?.ImageSize ?? 1);
            guard.ThrowIfAny("options");
        }
    }
}
