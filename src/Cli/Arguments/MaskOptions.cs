using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options that say which tokens are hidden from a masked model in use: --mask-probability and --mask-seed.</summary>
internal sealed class MaskOptions
{
    private const double Most = 0.99;

    private readonly Option<double?> _probability;
    private readonly Option<int?> _seed = CommandOptions.Number("--mask-seed",
        "For a masked model: seed of the masks [default: 0]. An image's mask depends on it and on the image alone.", 0, int.MaxValue);

    /// <param name="least">The least probability: 0 where hiding nothing makes sense.</param>
    internal MaskOptions(double least)
        => _probability = CommandOptions.Number("--mask-probability",
            $"For a masked model: the probability with which each token is hidden [default: {TokenMasking.DefaultProbability}].{(least == 0 ? " 0 hides "
            + $"none." : string.Empty)}", least, Most);

    /// <summary>The same option for training, where nothing can be learned without hidden tokens.</summary>
    internal static Option<double?> CreateForTraining()
        => CommandOptions.Number("--mask-probability",
        $"With --objective masked: the probability with which each token is hidden in a step [default: {TokenMasking.DefaultProbability}].", 0.001, Most);

    /// <summary>The same option for fine-tuning, which hides in use what it hid in training.</summary>
    internal static Option<double?> CreateForFineTuning()
        => CommandOptions.Number("--mask-probability",
        $"For a masked model: the probability with which each token is hidden, in training and in use [default: {TokenMasking.DefaultProbability}].",
        0.001, Most);

    internal void AddTo(Command command)
    {
        command.Add(_probability);
        command.Add(_seed);
    }

    /// <summary>What is to be hidden from the model, or null for the model's default.</summary>
    /// <exception cref="UsageException">It is an autoregressive model, which takes no masks.</exception>
    internal TokenMasking? Read(ParseResult parsed, ImageGptModel model)
    {
        if (parsed.GetValue(_probability) is null && parsed.GetValue(_seed) is null)
        {
            return null;
        }

        return model.Config.Objective == PretrainingObjective.Masked
            ? new TokenMasking { Probability = parsed.GetValue(_probability) ?? TokenMasking.DefaultProbability, Seed = parsed.GetValue(_seed) ?? 0 }
            : throw new UsageException("--mask-probability and --mask-seed are for masked models; this model is an autoregressive one.");
    }
}
