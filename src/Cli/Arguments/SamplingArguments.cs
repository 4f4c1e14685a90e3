using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options of commands that draw pictures: --temperature, --top-k, --top-p, --seed and --seeds.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<double> _temperature = CommandOptions.Number("--temperature",
        "What logits are divided by: 1 draws from the model's own probabilities, less is more cautious, and 0 always takes the likeliest color.", 0.0,
        1000.0, 1.0);
    private readonly Option<int?> _topK = CommandOptions.Number("--top-k", "Draw from so many of the likeliest colors alone.", 1, ushort.MaxValue);
    private readonly Option<double> _topP = CommandOptions.Number("--top-p",
        "Draw from the fewest likeliest colors whose probabilities add up to this at least.", 1e-6, 1.0, 1.0);
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "The seed from which every picture gets its own.", 0, int.MaxValue, 1);
    private readonly Option<int[]?> _seeds;

    /// <param name="pictures">What has a seed of its own: "pictures", or "completions of an image".</param>
    internal SamplingArguments(string pictures)
    {
        _seeds = CommandOptions.Numbers("--seeds", $"The seeds of the {pictures} one by one, in place of --seed: 7,8,9.", int.MinValue,
            "whole numbers with commas between them");
    }

    internal void AddTo(Command command)
    {
        Option[] options = [_temperature, _topK, _topP, _seed, _seeds];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>The number of seeds given one by one; null where none are.</summary>
    internal int? CountSeeds(ParseResult parsed) => CommandOptions.Given(parsed, _seeds)?.Length;

    /// <summary>Options of that kind with what was given.</summary>
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
