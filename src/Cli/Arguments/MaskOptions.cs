using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options for the tokens hidden from a masked model: --mask-probability and --mask-seed.</summary>
internal sealed class MaskOptions
{
    private const double Most = 0.99;

    private readonly Option<double?> _probability;
    private readonly Option<int?> _seed = CommandOptions.Number("--mask-seed",
        "For a masked model: seed of the masks [default: 0]. An image's mask depends only on the seed and the image.", 0, int.MaxValue);

    /// <param name="least">The minimum probability; 0 if hiding nothing is allowed.</param>
    internal MaskOptions(double least)
        => _probability = CommandOptions.Number("--mask-probability",
            $"For a masked model: the probability with which each token is hidden [default: {TokenMasking.DefaultProbability}].{(least == 0 ? " 0 hides "
            + $"none." : string.Empty)}", least, Most);

    /// <summary>The option for training, where at least some tokens must be hidden.</summary>
    internal static Option<double?> CreateForTraining()
        => CommandOptions.Number("--mask-probability",
        $"With --objective masked: the probability with which each token is hidden in a step [default: {TokenMasking.DefaultProbability}].", 0.001, Most);

    /// <summary>The option for fine-tuning, where the probability applies to training and to classification.</summary>
    internal static Option<double?> CreateForFineTuning()
        => CommandOptions.Number("--mask-probability",
        $"For a masked model: the probability with which each token is hidden, in training and in use [default: {TokenMasking.DefaultProbability}].",
        0.001, Most);

    internal void AddTo(Command command)
    {
        command.Add(_probability);
        command.Add(_seed);
    }

    /// <summary>The masking for the model; null for the model's default.</summary>
    /// <exception cref="UsageException">The model is autoregressive, so it does not support masks.</exception>
    internal TokenMasking? Read(ParseResult parsed, ImageGptModel model)
    {
        if (parsed.GetValue(_probability) is null && parsed.GetValue(_seed) is null)
        {
            return null;
        }

        return model.Config.Objective == PretrainingObjective.Masked
            ? new TokenMasking { Probability = parsed.GetValue(_probability) ?? TokenMasking.DefaultProbability, Seed = parsed.GetValue(_seed) ?? 0 }
            : throw new UsageException("--mask-probability and --mask-seed are for masked models; this model is autoregressive.");
    }
}
