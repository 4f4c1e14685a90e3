using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options for the numbers of labels, and the seeds that draw them.</summary>
internal sealed class LowDataOptions
{
    private readonly Option<int[]?> _labels = CommandOptions.Numbers("--labels",
        "The numbers of labels [default: 40,250,4000, without those for which there are not enough images of each class].", 2,
        "whole numbers from 2 separated by commas");
    private readonly Option<int[]?> _seeds = CommandOptions.Numbers("--seeds",
        "The seeds that draw the labels by FixMatch's rule; one classifier is fitted per seed [default: 1,2,3,4,5].", 0,
        "whole numbers from 0 separated by commas");

    internal void AddTo(Command command)
    {
        command.Add(_labels);
        command.Add(_seeds);
    }

    internal LowDataExperiment.Options Read(ParseResult parsed, LinearProbeOptions probe)
    {
        var options = new LowDataExperiment.Options { Probe = probe };
        return options with
        {
            Budgets = CommandOptions.Given(parsed, _labels),
            Seeds = CommandOptions.Given(parsed, _seeds) ?? options.Seeds,
        };
    }
}
