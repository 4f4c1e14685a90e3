using System.CommandLine;
using System.Globalization;

namespace IGptMl.Cli.Arguments;

/// <summary>The option for the peak learning rate: a number, or that it is to be found.</summary>
internal static class LearningRateOption
{
    /// <summary>The value that stands for a rate that is to be found.</summary>
    internal const double Auto = 0;

    private const string AutoName = "auto";

    /// <summary>The option; null where it is not given.</summary>
    /// <param name="standard">The default, for the help.</param>
    internal static Option<double?> Create(string standard) => new("--learning-rate")
    {
        Description = $"Peak learning rate (0.000000001 to 1), or auto: found by a hundred steps in which the rate rises until the loss explodes, a tenth "
            + $"of the rate with the least loss [default: {standard}].",
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text == AutoName)
            {
                return Auto;
            }

            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is >= 1e-9 and <= 1)
            {
                return rate;
            }

            result.AddError($"--learning-rate is '{text}'; expected a number, 0.000000001 to 1, or {AutoName}.");
            return null;
        },
    };
}
