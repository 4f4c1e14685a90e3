using IGptMl.Numerics;
using IGptMl.Optimization;

namespace IGptMl;

/// <summary>The options of everything that is trained step by step: batches, learning rate, validation, checkpoints, metrics, device.</summary>
public abstract record TrainingOptions
{
    /// <summary>Sets the options whose defaults differ from trainer to trainer.</summary>
    private protected TrainingOptions(double learningRate, LearningRateSchedule schedule, double validationFraction, int? patience)
    {
        LearningRate = learningRate;
        LearningRateSchedule = schedule;
        ValidationFraction = validationFraction;
        Patience = patience;
    }

    /// <summary>The number of images a step, 1 to 65,536; no more than there are training rows. Default 128, the paper's.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>
    /// The number of equal parts in which a step's images go through the network one after the other, their gradients added up: less memory for the
    /// same step. It divides <see cref="BatchSize"/>. Default 1.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// The peak learning rate, more than 0 and at most 1; larger models need lower ones. Default 0.003 for pretraining and 0.0003, a tenth of it, for
    /// fine-tuning.
    /// </summary>
    public double LearningRate { get; init; }

    /// <summary>Whether the peak learning rate is found by a range test before the first step, in place of <see cref="LearningRate"/>. Default false.</summary>
    /// <remarks>
    /// The range test is the trainer's method FindLearningRate: at most a hundred steps with a rising rate. A run that goes on keeps the rate that was found
    /// for it.
    /// </remarks>
    public bool FindLearningRate { get; init; }

    /// <summary>How the learning rate goes on after the warm-up. Default, as in the paper: cosine for pretraining, constant for fine-tuning.</summary>
    public LearningRateSchedule LearningRateSchedule { get; init; }

    /// <summary>
    /// The steps of the linear warm-up, 0 to all steps. Default null: for pretraining one epoch, but at most a tenth of the steps; for fine-tuning none.
    /// </summary>
    public long? WarmUpSteps { get; init; }

    /// <summary>
    /// The norm that all gradients of a step together are scaled down to if they exceed it, more than 0. Default null: never, as in the paper.
    /// </summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>
    /// The share of every matrix that a step takes away, times the learning rate (decoupled decay), 0 to 1. Default 0; the paper found that 0.01 changes
    /// nothing in pretraining.
    /// </summary>
    public double WeightDecay { get; init; }

    /// <summary>The numbers that a step computes with. Default <see cref="TrainingPrecision.Float32"/>, as in the paper.</summary>
    public TrainingPrecision Precision { get; init; }

    /// <summary>
    /// The share of the rows that is set aside, drawn by the seed, 0 or more and less than 1: not learned from, but used for validation while training.
    /// Default 0 for pretraining, where the paper sets 0.04 aside while it chooses learning rates, and 0.1 of every class for fine-tuning. Has no effect
    /// where Fit is given validation data.
    /// </summary>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// The steps between two validations, at least 1; there is one after the last step, too. Default null: for pretraining a hundredth of all steps, for
    /// fine-tuning an epoch.
    /// </summary>
    public long? ValidationInterval { get; init; }

    /// <summary>
    /// Ends the training after that many validations in a row without a better one, at least 1; null never does. Better means, for pretraining, fewer nats
    /// per token; for fine-tuning, a higher accuracy, or an equal one with a lower loss. Default null for pretraining, 5 for fine-tuning.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>
    /// Where there is validation, whether the model has the weights of the best validation in the end, not the last ones. Both are in the checkpoint
    /// folder, if there is one: best.safetensors and the newest checkpoint. Default true.
    /// </summary>
    public bool TakeBestWeights { get; init; } = true;

    /// <summary>
    /// A folder for checkpoints, one run's alone; it is made if it is missing. If it holds checkpoints of this run, Fit goes on from the newest good one, on
    /// the CPU to the same weights as if it had never been interrupted. Beside them lies metrics.jsonl, the numbers of the run. Default null: no checkpoints.
    /// </summary>
    /// <remarks>
    /// <see cref="ImageGptModel.Load(string)"/> reads a checkpoint as a model; of fine-tuning it is the network without the classifier on top of it.
    /// </remarks>
    public string? CheckpointFolder { get; init; }

    /// <summary>
    /// The time between two checkpoints, more than 0; null for none by the clock. There is one at the end, too, and after a cancellation. Default ten minutes.
    /// </summary>
    public TimeSpan? CheckpointInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The steps between two checkpoints, at least 1. Default null: <see cref="CheckpointInterval"/> alone counts.</summary>
    public long? CheckpointIntervalSteps { get; init; }

    /// <summary>How many of the newest checkpoints are kept, at least 1. Default 2.</summary>
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>
    /// Steps after which a checkpoint is written and kept for good, each at least 1; the paper's in pretraining are 131,000, 262,000, 524,000 and 1,000,000.
    /// Default none.
    /// </summary>
    public IReadOnlyList<long> CheckpointSteps { get; init; } = [];

    /// <summary>Whether checkpoints that lie in the folder are deleted, and the run begins anew. Default false.</summary>
    public bool StartOver { get; init; }

    /// <summary>A folder for TensorBoard's event files: losses, rate, norm of the gradients, images a second. Default null: none.</summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>
    /// The steps between two lines of metrics.jsonl and between two of TensorBoard's points, at least 1. Default null: a ten-thousandth of all steps.
    /// </summary>
    public long? MetricsInterval { get; init; }

    /// <summary>
    /// The seed of all that is random in the training: initial weights, rows set aside, order of the images, augmentation, masks. Null takes the seed of the
    /// run that goes on, or else draws one from the MLContext's. Default null.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
    public bool? FallbackToCpu { get; init; }

    /// <summary>
    /// Ends the training early; Fit then writes a checkpoint, if there is a folder for it, and returns the model so far, or throws where training has not
    /// begun.
    /// Default none.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    internal CheckpointSettings? CheckpointSettings
        => CheckpointFolder is null ? null : new CheckpointSettings(CheckpointFolder, CheckpointIntervalSteps, CheckpointInterval, CheckpointsKept,
            CheckpointSteps, StartOver);

    /// <summary>Adds to <paramref name="guard"/> what is wrong with the shared options.</summary>
    /// <param name="guard">Collects the problems.</param>
    /// <param name="steps">All steps, where their number is known.</param>
    private protected void Check(OptionGuard guard, long? steps) => guard
        .Range(nameof(BatchSize), BatchSize, 1, 65536)
        .Require(AccumulationSteps >= 1 && BatchSize % Math.Max(1, AccumulationSteps) == 0, nameof(AccumulationSteps), AccumulationSteps,
            $"a divisor of BatchSize ({BatchSize})")
        .Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "more than 0 and at most 1")
        .Require(Enum.IsDefined(LearningRateSchedule), nameof(LearningRateSchedule), LearningRateSchedule, "Constant or Cosine")
        .Range(nameof(WarmUpSteps), WarmUpSteps ?? 0, 0, Math.Max(0, steps ?? long.MaxValue))
        .Positive(nameof(MaxGradientNorm), MaxGradientNorm ?? 1)
        .Range(nameof(WeightDecay), WeightDecay, 0, 1)
        .Require(Enum.IsDefined(Precision), nameof(Precision), Precision, "Float32, TensorFloat32 or BFloat16")
        .Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 or more and less than 1")
        .AtLeast(nameof(ValidationInterval), ValidationInterval ?? 1, 1)
        .AtLeast(nameof(Patience), Patience ?? 1, 1)
        .Require(IsPath(CheckpointFolder), nameof(CheckpointFolder), $"'{CheckpointFolder}'", "a folder")
        .Require(!(CheckpointInterval <= TimeSpan.Zero), nameof(CheckpointInterval), CheckpointInterval, "more than 0")
        .AtLeast(nameof(CheckpointIntervalSteps), CheckpointIntervalSteps ?? 1, 1)
        .AtLeast(nameof(CheckpointsKept), CheckpointsKept, 1)
        .Require(CheckpointSteps?.All(step => step >= 1) == true, nameof(CheckpointSteps), CheckpointSteps is null ? null
            : string.Join(", ", CheckpointSteps), "steps of at least 1")
        .Require(IsPath(TensorBoardFolder), nameof(TensorBoardFolder), $"'{TensorBoardFolder}'", "a folder")
        .AtLeast(nameof(MetricsInterval), MetricsInterval ?? 1, 1);

    private static bool IsPath(string? path) => path is null || !string.IsNullOrWhiteSpace(path);
}
