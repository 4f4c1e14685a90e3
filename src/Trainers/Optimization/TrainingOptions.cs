using System.Globalization;
using IGptMl.Numerics;
using IGptMl.Optimization;

namespace IGptMl;

/// <summary>The options of everything that is trained step by step: batches, learning rate, validation, checkpoints, metrics, device.</summary>
public abstract record TrainingOptions
{
    /// <summary>Sets the options whose defaults differ between trainers.</summary>
    private protected TrainingOptions(double learningRate, LearningRateSchedule schedule, double validationFraction, int? patience)
    {
        LearningRate = learningRate;
        LearningRateSchedule = schedule;
        ValidationFraction = validationFraction;
        Patience = patience;
    }

    /// <summary>The number of images per step, 1 to 65,536; at most the number of training rows. Default 128, as in the paper.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>
    /// The number of equal parts of a step's batch that run through the network in sequence, with accumulated gradients: less memory for the same step. A
    /// divisor of <see cref="BatchSize"/>. Default 1.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// The peak learning rate, more than 0 and at most 1; larger models need a lower one. Default 0.003 for pretraining, and 0.0003, a tenth of it, for
    /// fine-tuning.
    /// </summary>
    public double LearningRate { get; init; }

    /// <summary>The optimizer. Default <see cref="ImageGptOptimizer.Adam"/>, as in the paper.</summary>
    public ImageGptOptimizer Optimizer { get; init; }

    /// <summary>
    /// The peak learning rate of the matrices that Muon updates, more than 0 and at most 1; it follows the same schedule as <see cref="LearningRate"/>, which
    /// then is that of the other weights. It depends little on the size of the model. Has no effect with Adam. Default 0.02.
    /// </summary>
    public double MuonLearningRate { get; init; } = 0.02;

    /// <summary>Whether a range test determines the peak learning rate before the first step, instead of <see cref="LearningRate"/>. Default false.</summary>
    /// <remarks>
    /// The range test is the trainer's method FindLearningRate: at most 100 steps with an increasing rate. A resumed run keeps the rate that was found. Muon's
    /// rate keeps its ratio to <see cref="LearningRate"/>.
    /// </remarks>
    public bool FindLearningRate { get; init; }

    /// <summary>The course of the learning rate after the warm-up. Default, as in the paper: cosine for pretraining, constant for fine-tuning.</summary>
    public LearningRateSchedule LearningRateSchedule { get; init; }

    /// <summary>
    /// The number of linear warm-up steps, 0 to all steps. Default null: for pretraining one epoch, but at most a tenth of the steps; for fine-tuning none.
    /// </summary>
    public long? WarmUpSteps { get; init; }

    /// <summary>
    /// The maximum global norm of a step's gradients, to which larger gradients are clipped; more than 0. Default null: no clipping, as in the paper.
    /// </summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>
    /// The decoupled weight decay of the matrices, as a fraction per step that is multiplied by the learning rate, 0 to 1. Default 0; the paper found no effect
    /// of 0.01 in pretraining.
    /// </summary>
    public double WeightDecay { get; init; }

    /// <summary>The precision in which a step computes. Default <see cref="TrainingPrecision.Float32"/>, as in the paper.</summary>
    public TrainingPrecision Precision { get; init; }

    /// <summary>
    /// The fraction of the rows, drawn by the seed, that is set aside for validation instead of training, 0 or more and less than 1. Default 0 for pretraining
    /// (the paper sets aside 0.04 to choose learning rates), and 0.1 of every class for fine-tuning. Has no effect if Fit is given validation data.
    /// </summary>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// The number of steps between validations, at least 1; there is also one after the last step. Default null: for pretraining a hundredth of all steps, for
    /// fine-tuning one epoch.
    /// </summary>
    public long? ValidationInterval { get; init; }

    /// <summary>
    /// The number of consecutive validations without an improvement after which training stops, at least 1; null never stops early. An improvement is, for
    /// pretraining, fewer nats per token; for fine-tuning, a higher accuracy, or an equal accuracy with a lower loss. Default null for pretraining, 5 for
    /// fine-tuning.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>
    /// If there is validation, whether the resulting model has the weights of the best validation instead of the last weights. The checkpoint folder, if any,
    /// holds both: best.safetensors and the newest checkpoint. Default true.
    /// </summary>
    public bool TakeBestWeights { get; init; } = true;

    /// <summary>
    /// The folder for the checkpoints of one run, which is created if it does not exist. If it holds checkpoints of this run, Fit resumes from the newest
    /// intact one; on the CPU, the resulting weights are the same as without an interruption. The folder also contains metrics.jsonl, the metrics of the run.
    /// Default null: no checkpoints.
    /// </summary>
    /// <remarks>
    /// <see cref="ImageGptModel.Load(string)"/> reads a checkpoint as a model. From a fine-tuning checkpoint it reads the network without the classifier.
    /// </remarks>
    public string? CheckpointFolder { get; init; }

    /// <summary>
    /// The time between checkpoints, more than 0; null for none by time. There is also one at the end, and after a cancellation. Default ten minutes.
    /// </summary>
    public TimeSpan? CheckpointInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The number of steps between checkpoints, at least 1. Default null: only <see cref="CheckpointInterval"/> applies.</summary>
    public long? CheckpointIntervalSteps { get; init; }

    /// <summary>The number of newest checkpoints to keep, at least 1. Default 2.</summary>
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>
    /// Steps after which a checkpoint is written and kept permanently, each at least 1; the paper's in pretraining are 131,000, 262,000, 524,000 and 1,000,000.
    /// Default none.
    /// </summary>
    public IReadOnlyList<long> CheckpointSteps { get; init; } = [];

    /// <summary>Whether existing checkpoints in the folder are deleted, and the run starts from the beginning. Default false.</summary>
    public bool StartOver { get; init; }

    /// <summary>
    /// The time after which the training ends even if steps remain, more than 0; the time before an interruption counts. The learning rate then follows the
    /// elapsed time if that is further than the steps, so that its schedule is completed; the warm-up takes a tenth of the time at most. The weights depend on
    /// the speed of the machine. Default null: no limit.
    /// </summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>The folder for TensorBoard event files: losses, learning rate, gradient norm, images per second. Default null: none.</summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>
    /// The number of steps between lines of metrics.jsonl and between TensorBoard points, at least 1. Default null: a ten-thousandth of all steps.
    /// </summary>
    public long? MetricsInterval { get; init; }

    /// <summary>
    /// The seed of all random choices in training: initial weights, rows set aside, order of the images, augmentation, masks. Null uses the seed of the resumed
    /// run or, for a new run, draws one from the MLContext. Default null.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>The GPU to run on; null uses <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Whether to fall back to the CPU if the GPU is not available; null uses <c>MLContext.FallbackToCpu</c>. Default null.</summary>
    public bool? FallbackToCpu { get; init; }

    /// <summary>
    /// The processes that train together. Each computes its part of every batch, so <see cref="BatchSize"/> is that of all together, and the gradients are
    /// added up: the steps are those of a single process, up to rounding. The ranks must have the same options and data, which is checked. Default
    /// <see cref="RankGroup.Alone"/>.
    /// </summary>
    /// <remarks>
    /// Rank 0 reads and writes the checkpoints and metrics; a run may be resumed with another number of ranks. Every rank's Fit returns the model.
    /// </remarks>
    public RankGroup Distribution { get; init; } = RankGroup.Alone;

    /// <summary>
    /// Stops the training. Fit then writes a checkpoint, if there is a folder for it, and returns the model so far; it throws if training has not begun.
    /// Default none.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The ratio of Muon's learning rate to Adam's; null if Adam updates all weights.</summary>
    internal double? MuonRateFactor => Optimizer == ImageGptOptimizer.Muon ? MuonLearningRate / LearningRate : null;

    /// <summary>Muon's peak rate after a range test: it keeps its ratio to the found rate, rounded to three significant digits, and is at most 1.</summary>
    internal double ScaledMuonLearningRate(double found)
        => Math.Min(1, double.Parse((MuonLearningRate / LearningRate * found).ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    internal CheckpointSettings? CheckpointSettings
        => CheckpointFolder is null ? null : new CheckpointSettings(CheckpointFolder, CheckpointIntervalSteps, CheckpointInterval, CheckpointsKept,
            CheckpointSteps, StartOver);

    /// <summary>Adds the problems of the shared options to <paramref name="guard"/>.</summary>
    /// <param name="guard">Collects the problems.</param>
    /// <param name="steps">The total number of steps, if known.</param>
    private protected void Check(OptionGuard guard, long? steps) => guard
        .Range(nameof(BatchSize), BatchSize, 1, 65536)
        .Require(AccumulationSteps >= 1 && BatchSize % Math.Max(1, AccumulationSteps) == 0, nameof(AccumulationSteps), AccumulationSteps,
            $"a divisor of BatchSize ({BatchSize})")
        .Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "more than 0 and at most 1")
        .Require(MuonLearningRate is > 0 and <= 1, nameof(MuonLearningRate), MuonLearningRate, "more than 0 and at most 1")
        .Require(Enum.IsDefined(Optimizer), nameof(Optimizer), Optimizer, "Adam or Muon")
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
        .Require(!(TimeLimit <= TimeSpan.Zero), nameof(TimeLimit), TimeLimit, "more than 0")
        .AtLeast(nameof(MetricsInterval), MetricsInterval ?? 1, 1)
        .Require(Distribution is not null, nameof(Distribution), Distribution, "the ranks, such as RankGroup.Alone");

    private static bool IsPath(string? path) => path is null || !string.IsNullOrWhiteSpace(path);
}
