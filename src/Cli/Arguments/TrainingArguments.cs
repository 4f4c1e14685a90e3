using System.CommandLine;
using System.Globalization;
using IGptMl.Cli.Output;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Arguments;

/// <summary>The options shared by training commands: optimization, validation and metrics. <see cref="CheckpointOptions"/> adds checkpoints.</summary>
internal sealed class TrainingArguments
{
    /// <summary>More steps than any machine runs in the time of a training.</summary>
    internal const long UnlimitedSteps = 1_000_000_000;

    private static readonly Dictionary<string, TrainingPrecision> Precisions = new()
    {
        ["float32"] = TrainingPrecision.Float32,
        ["tf32"] = TrainingPrecision.TensorFloat32,
        ["bf16"] = TrainingPrecision.BFloat16,
    };

    private static readonly Dictionary<string, ImageGptOptimizer> Optimizers = new()
    {
        ["adam"] = ImageGptOptimizer.Adam,
        ["muon"] = ImageGptOptimizer.Muon,
    };

    private static readonly Dictionary<string, LearningRateSchedule> Schedules = new()
    {
        ["constant"] = LearningRateSchedule.Constant,
        ["cosine"] = LearningRateSchedule.Cosine,
    };

    private readonly Option<int?> _batchSize;
    private readonly Option<double?> _learningRate;
    private readonly Option<string?> _optimizer;
    private readonly Option<double?> _muonRate = CommandOptions.Number("--muon-rate",
        "With --optimizer muon, the peak learning rate of the blocks' matrices; --learning-rate is that of the other weights [default: 0.02].", 1e-9, 1);
    private readonly Option<string?> _schedule;
    private readonly Option<long?> _warmUp;
    private readonly Option<int> _accumulate = CommandOptions.Number("--accumulate",
        "Run each step's images through the network in N equal parts, which saves memory: the step is the same up to rounding. A divisor of the batch size.", 1,
        65536, 1);
    private readonly Option<double?> _clip = CommandOptions.Number("--clip",
        "Clip the gradients of a step to this Euclidean norm [default: no clipping, as in the paper].", 1e-9, 1e9);
    private readonly Option<double> _decay = CommandOptions.Number("--weight-decay",
        "The decoupled weight decay of the matrices, multiplied by the learning rate; the paper found no effect of 0.01.", 0, 1, 0.0);
    private readonly Option<int?> _augment = CommandOptions.Number("--augment",
        "Shift the images at random by up to N pixels of the model's size, and flip half of them, anew in every step; the paper uses 4 for 32x32 pixels "
        + "[default: no augmentation].", 0, 255);
    private readonly Option<string> _precision = new("--precision")
    {
        Description = "The precision of a step; the learned weights are float32. tf32: float32 with rounded operands on NVIDIA GPUs. bf16: bfloat16, the "
            + "fastest on GPUs, slow on most CPUs.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "float32",
    };

    private readonly Option<double?> _minutes = CommandOptions.Number("--minutes",
        "Train for this time: the learning rate follows the clock, and the number of steps depends on the machine. --steps limits it further.", 0.01, 1e6);
    private readonly Option<bool> _recompute = new("--recompute")
        { Description = "Recompute the activations of each block in the backward pass instead of keeping those of all blocks: the same results with far "
        + "less memory, in about a third more time." };
    private readonly Option<DataSource?> _validation;
    private readonly Option<int?> _validationLimit = CommandOptions.Number("--validation-limit", "Use at most N validation images.", 1, int.MaxValue);
    private readonly Option<double?> _validationFraction;
    private readonly Option<long?> _validationInterval;
    private readonly Option<int?> _patience;
    private readonly Option<bool> _last = new("--last-weights") { Description = "Use the weights of the last step, not those of the best validation." };
    private readonly Option<string?> _tensorBoard = new("--tensorboard") { Description = "Write TensorBoard events to this folder.", HelpName = "DIR" };
    private readonly Option<long?> _metricsInterval = CommandOptions.Number("--metrics-interval",
        "Steps between lines of metrics.jsonl and between TensorBoard points [default: a ten-thousandth of all steps].", 1L, long.MaxValue);
    private readonly Option<int> _seed;

    private TrainingArguments(Words words)
    {
        _batchSize = CommandOptions.Number("--batch-size", $"Images per step [default: {words.BatchSize}].", 1, 65536);
        _learningRate = LearningRateOption.Create(words.LearningRate);
        _optimizer = new Option<string?>("--optimizer")
        {
            Description = "The optimizer: adam, as in the paper, or muon, which updates the blocks' matrices in orthogonalized steps and reaches the same "
                + $"loss in fewer steps [default: {words.Optimizer}].",
            HelpName = "NAME",
        };
        _schedule = new Option<string?>("--schedule")
            { Description = $"The learning rate after the warm-up: constant, or cosine, which decays to zero [default: {words.Schedule}].", HelpName = "NAME" };
        _warmUp = CommandOptions.Number("--warm-up", $"Steps of the linear warm-up [default: {words.WarmUp}].", 0L, long.MaxValue);
        _validation = CommandOptions.Data("--validation",
            $"Validation images, on which {words.Measure} is measured during the training and the best weights are chosen. Built-in images "
            + $"have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
        _validationFraction = CommandOptions.Number("--validation-fraction",
            $"Set aside this fraction of the images for validation, instead of --validation [default: {words.ValidationFraction}].", 0, 0.9);
        _validationInterval = CommandOptions.Number("--validation-interval", $"Steps between validations [default: {words.ValidationInterval}].", 1L,
            long.MaxValue);
        _patience = CommandOptions.Number("--patience",
            $"Stop the training after N consecutive validations without an improvement [default: {words.Patience}].", 1, int.MaxValue);
        _seed = CommandOptions.Number("--seed", $"Seed of {words.Seeded}; on the CPU the same seed gives the same weights.", 0, int.MaxValue, 1);
    }

    /// <summary>The options with the texts for pretraining.</summary>
    internal static TrainingArguments ForPretraining() => new(new Words(
        BatchSize: "the preset's",
        LearningRate: "the preset's",
        Optimizer: "the preset's",
        Schedule: "cosine",
        WarmUp: "one epoch, but at most a tenth of the steps",
        Measure: "nats per token",
        ValidationFraction: "0; the paper uses 0.04 to choose learning rates",
        ValidationInterval: "a hundredth of all steps",
        Patience: "never",
        Seeded: "the palette, the initial weights and the order of the images"));

    /// <summary>The options with the texts for fine-tuning.</summary>
    internal static TrainingArguments ForFineTuning(ImageGptFineTuneTrainer.Options defaults) => new(new Words(
        BatchSize: Text(defaults.BatchSize),
        LearningRate: $"{Text(defaults.LearningRate)}, a tenth of pretraining's",
        Optimizer: "adam",
        Schedule: "constant",
        WarmUp: "none",
        Measure: "the accuracy",
        ValidationFraction: $"{Text(defaults.ValidationFraction)} of every class; 0 uses the last weights",
        ValidationInterval: "one epoch",
        Patience: Text(defaults.Patience!.Value),
        Seeded: "the images set aside, the order of the images, the augmentation and the masks"));

    internal void AddTo(Command command)
    {
        _precision.AcceptOnlyFromAmong([.. Precisions.Keys]);
        _schedule.AcceptOnlyFromAmong([.. Schedules.Keys]);
        _optimizer.AcceptOnlyFromAmong([.. Optimizers.Keys]);
        Option[] options =
        [
            _batchSize, _learningRate, _minutes, _optimizer, _muonRate, _schedule, _warmUp, _accumulate, _clip, _decay, _augment, _precision, _recompute,
            _validation, _validationLimit, _validationFraction, _validationInterval, _patience, _last, _tensorBoard, _metricsInterval, _seed,
        ];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>The seed.</summary>
    internal int Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>The time of the training; null for no limit.</summary>
    internal TimeSpan? TimeLimit(ParseResult parsed) => parsed.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null;

    /// <summary>The source of the validation images; null if not given.</summary>
    internal DataSource? Validation(ParseResult parsed) => parsed.GetValue(_validation);

    /// <summary>The maximum number of validation images.</summary>
    internal int? ValidationLimit(ParseResult parsed) => parsed.GetValue(_validationLimit);

    /// <summary>Adds the given options to the settings.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The settings so far, with the number of steps if known.</param>
    /// <param name="steps">The total number of steps; null if it depends on the number of images.</param>
    /// <param name="imageSize">The side of the model's images.</param>
    /// <exception cref="UsageException">The options contradict the settings or each other.</exception>
    internal T Read<T>(ParseResult parsed, T options, long? steps, int imageSize)
        where T : ImageGptTrainingOptions
    {
        var rate = parsed.GetValue(_learningRate);
        var padding = parsed.GetValue(_augment);
        if (parsed.GetValue(_tensorBoard) is { } folder)
        {
            OutputFolder.Prepare(folder);
        }

        options = options with
        {
            BatchSize = parsed.GetValue(_batchSize) ?? options.BatchSize,
            LearningRate = rate is { } given and not LearningRateOption.Auto ? given : options.LearningRate,
            FindLearningRate = rate == LearningRateOption.Auto,
            TimeLimit = TimeLimit(parsed),
            Optimizer = parsed.GetValue(_optimizer) is { } optimizer ? Optimizers[optimizer] : options.Optimizer,
            MuonLearningRate = parsed.GetValue(_muonRate) ?? options.MuonLearningRate,
            LearningRateSchedule = parsed.GetValue(_schedule) is { } schedule ? Schedules[schedule] : options.LearningRateSchedule,
            WarmUpSteps = parsed.GetValue(_warmUp),
            AccumulationSteps = parsed.GetValue(_accumulate),
            MaxGradientNorm = parsed.GetValue(_clip),
            WeightDecay = parsed.GetValue(_decay),
            Augmentation = padding is { } pixels ? new TokenAugmentation { Padding = pixels } : null,
            Precision = Precisions[parsed.GetRequiredValue(_precision)],
            RecomputeActivations = parsed.GetValue(_recompute),
            ValidationFraction = parsed.GetValue(_validationFraction) ?? options.ValidationFraction,
            ValidationInterval = parsed.GetValue(_validationInterval),
            Patience = parsed.GetValue(_patience) ?? options.Patience,
            TakeBestWeights = !parsed.GetValue(_last),
            TensorBoardFolder = parsed.GetValue(_tensorBoard),
            MetricsInterval = parsed.GetValue(_metricsInterval),
            Seed = Seed(parsed),
        };
        Check(parsed, options, steps, imageSize);
        return options;
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private void Check(ParseResult parsed, ImageGptTrainingOptions options, long? steps, int imageSize)
    {
        if (options.WarmUpSteps > steps)
        {
            throw new UsageException($"--warm-up is {options.WarmUpSteps}; expected no more than --steps, which is {steps}.");
        }

        if (options.BatchSize % options.AccumulationSteps != 0)
        {
            throw new UsageException($"--accumulate is {options.AccumulationSteps}; expected a divisor of the batch size, which is {options.BatchSize}.");
        }

        if (options.Augmentation?.Padding >= imageSize)
        {
            throw new UsageException($"--augment is {options.Augmentation.Padding}; expected less than the side of the model's images, which is {imageSize}.");
        }

        var isNamed = Validation(parsed) is not null;
        if (isNamed && parsed.GetValue(_validationFraction) is not null)
        {
            throw new UsageException("--validation and --validation-fraction exclude each other: the images are either named or set aside.");
        }

        if (!isNamed && FirstGiven(parsed, _validationLimit) is { } limit)
        {
            throw new UsageException($"{limit.Name} is for --validation, which names the images.");
        }

        if (!isNamed && options.ValidationFraction == 0 && FirstGiven(parsed, _validationInterval, _patience, _last) is { } needless)
        {
            throw new UsageException($"{needless.Name} is for --validation or --validation-fraction: without them, there is no validation.");
        }
    }

    private static Option? FirstGiven(ParseResult parsed, params Option[] options)
        => Array.Find(options, option => parsed.GetResult(option) is { Implicit: false });

    /// <summary>The texts of the help that differ between pretraining and fine-tuning.</summary>
    private sealed record Words(string BatchSize, string LearningRate, string Optimizer, string Schedule, string WarmUp, string Measure,
        string ValidationFraction, string ValidationInterval, string Patience, string Seeded);
}
