using System.CommandLine;
using System.Globalization;

namespace IGptMl.Cli.Arguments;

/// <summary>The options of pretraining that say how a step is taken and how the run is watched; <see cref="CheckpointOptions"/> keep it.</summary>
internal sealed class TrainingOptions
{
    private static readonly Dictionary<string, TrainingPrecision> Precisions = new()
    {
        ["float32"] = TrainingPrecision.Float32,
        ["tf32"] = TrainingPrecision.TensorFloat32,
        ["bf16"] = TrainingPrecision.BFloat16,
    };

    private readonly Option<int> _accumulate = CommandOptions.Number("--accumulate", "Take each step's images through the network in N equal parts, which saves memory: the step is the same to rounding. A divisor of the batch.", 1, 65536, 1);
    private readonly Option<double?> _clip = CommandOptions.Number("--clip", "Scale the gradients of a step down to this Euclidean norm where they exceed it [default: never, as in the paper].", 1e-9, 1e9);
    private readonly Option<double> _decay = CommandOptions.Number("--weight-decay", "The share of every matrix that a step takes away, times the learning rate; the paper found that 0.01 changes nothing.", 0, 1, 0.0);
    private readonly Option<int?> _augment = CommandOptions.Number("--augment", "Shift the images at random by up to N pixels of the model's square, and flip half of them, anew in every step [default: leave them as they are].", 0, 255);
    private readonly Option<string> _precision = new("--precision")
    {
        Description = "What a step computes in; what is learned is float32. tf32: float32 with shorter factors on NVIDIA GPUs. bf16: bfloat16, the fastest on GPUs, slow on most CPUs.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "float32",
    };

    private readonly Option<bool> _recompute = CreateRecompute();
    private readonly Option<double> _validationFraction = CommandOptions.Number("--validation-fraction", "Set this share of the images aside and measure nats per token on them during the training; the paper takes 0.04 to choose its learning rates.", 0, 0.9, 0.0);
    private readonly Option<long?> _validationInterval = CommandOptions.Number("--validation-interval", "Steps between two of these measurements [default: a hundredth of all].", 1L, long.MaxValue);
    private readonly Option<int?> _patience = CommandOptions.Number("--early-stop", "End the training after N of these measurements in a row without a new best one [default: never].", 1, int.MaxValue);
    private readonly Option<bool> _last = new("--last-weights") { Description = "Take the weights of the last step, not those of the best of these measurements." };
    private readonly Option<string?> _tensorBoard = new("--tensorboard") { Description = "Write events for TensorBoard into this folder.", HelpName = "DIR" };
    private readonly Option<long?> _metricsInterval = CommandOptions.Number("--metrics-interval", "Steps between two lines of metrics.jsonl and two points of TensorBoard [default: a ten-thousandth of all].", 1L, long.MaxValue);

    /// <summary>The option for less memory, which fine-tuning has, too.</summary>
    internal static Option<bool> CreateRecompute() => new("--recompute") { Description = "Compute the activations of each block again in the backward pass, in place of keeping those of all: the same numbers with far less memory, in about a third more time." };

    internal void AddTo(Command command)
    {
        _precision.AcceptOnlyFromAmong([.. Precisions.Keys]);
        foreach (var option in new Option[] { _accumulate, _clip, _decay, _augment, _precision, _recompute, _validationFraction, _validationInterval, _patience, _last, _tensorBoard, _metricsInterval })
        {
            command.Add(option);
        }
    }

    /// <summary>Adds what was given to the rest of the settings.</summary>
    /// <exception cref="UsageException">It contradicts them, or itself.</exception>
    internal ImageGptTrainer.Options Read(ParseResult parsed, ImageGptTrainer.Options options)
    {
        var (parts, padding, fraction) = (parsed.GetValue(_accumulate), parsed.GetValue(_augment), parsed.GetValue(_validationFraction));
        if (options.BatchSize % parts != 0)
        {
            throw new UsageException($"--accumulate is {parts}; expected a divisor of the batch size, which is {options.BatchSize}.");
        }

        if (padding >= options.Model.ImageSize)
        {
            throw new UsageException($"--augment is {padding}; expected less than the side of the model's images, which is {options.Model.ImageSize}.");
        }

        if (fraction == 0 && new Option[] { _validationInterval, _patience, _last }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } needless)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{needless.Name} is for --validation-fraction: without it, nothing is measured during the training."));
        }

        return options with
        {
            AccumulationSteps = parts,
            MaxGradientNorm = parsed.GetValue(_clip),
            WeightDecay = parsed.GetValue(_decay),
            Augmentation = padding is { } pixels ? new TokenAugmentation { Padding = pixels } : null,
            Precision = Precisions[parsed.GetRequiredValue(_precision)],
            RecomputeActivations = parsed.GetValue(_recompute),
            ValidationFraction = fraction,
            ValidationInterval = parsed.GetValue(_validationInterval),
            EarlyStopPatience = parsed.GetValue(_patience),
            TakeBestWeights = !parsed.GetValue(_last),
            TensorBoardFolder = parsed.GetValue(_tensorBoard),
            MetricsInterval = parsed.GetValue(_metricsInterval),
        };
    }
}
