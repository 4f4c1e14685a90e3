using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options of commands that sample images: --temperature, --top-k, --top-p, --seed and --seeds.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<double> _temperature = CommandOptions.Number("--temperature",
        "Divisor of the logits: 1 samples from the model's own probabilities, less is more conservative, and 0 always takes the most likely color.",
        0.0, 1000.0, 1.0);
    private readonly Option<int?> _topK = CommandOptions.Number("--top-k", "Sample only from the N most likely colors.", 1, ushort.MaxValue);
    private readonly Option<double> _topP = CommandOptions.Number("--top-p",
        "Sample only from the most likely colors whose probabilities add up to at least this.", 1e-6, 1.0, 1.0);
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "The seed from which every image's own seed is derived.", 0, int.MaxValue, 1);
    private readonly Option<int[]?> _seeds;

    /// <param name="pictures">The items that have a seed each: "pictures", or "completions of an image".</param>
    internal SamplingArguments(string pictures)
    {
        _seeds = CommandOptions.Numbers("--seeds", $"The seeds of the individual {pictures}, instead of --seed: 7,8,9.", int.MinValue,
            "whole numbers separated by commas");
    }

    internal void AddTo(Command command)
    {
        Option[] options = [_temperature, _topK, _topP, _seed, _seeds];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>The number of individual seeds; null if none are given.</summary>
    internal int? CountSeeds(ParseResult parsed) => CommandOptions.Given(parsed, _seeds)?.Length;

    /// <summary>Adds the given options to the settings.</summary>
    internal T Read<T>(ParseResult parsed, T options)
        where T : SamplingOptions
        => options with
        {
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            Seed = parsed.GetValue(_seed),
            Seeds = CommandOptions.Given(parsed, _seeds),
        };
}
