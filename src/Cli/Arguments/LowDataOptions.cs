using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IGptMl.LinearProbe;
using IGptMl.SemiSupervised;

namespace IGptMl.Cli.Arguments;

/// <summary>The options that say how many labels there are, and how often they are drawn.</summary>
internal sealed class LowDataOptions
{
    private readonly Option<int[]> _labels = Numbers("--labels", "The numbers of labels.", [40, 250, 4000], minimum: 2);
    private readonly Option<int[]> _seeds = Numbers("--seeds", "The seeds that draw them by FixMatch's rule; each is a classifier.", [1, 2, 3, 4, 5], minimum: 0);

    internal void AddTo(Command command)
    {
        command.Add(_labels);
        command.Add(_seeds);
    }

    internal LowDataExperiment.Options Read(ParseResult parsed, LinearProbeExperiment.Options probe)
        => new() { Budgets = parsed.GetRequiredValue(_labels), Seeds = parsed.GetRequiredValue(_seeds), Probe = probe };

    private static Option<int[]> Numbers(string name, string description, int[] value, int minimum) => new(name)
    {
        Description = description,
        HelpName = "N,N",
        CustomParser = result => Parse(name, result, minimum),
        DefaultValueFactory = _ => value,
    };

    private static int[] Parse(string name, ArgumentResult result, int minimum)
    {
        var text = result.Tokens[0].Value;
        var numbers = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < minimum)
            {
                result.AddError($"{name} is '{text}'; expected whole numbers from {minimum} separated by commas.");
                return [];
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}
