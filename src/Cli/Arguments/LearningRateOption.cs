using System.CommandLine;
using System.Globalization;

namespace IGptMl.Cli.Arguments;

/// <summary>The option for the peak learning rate: a number, or "auto" for a range test.</summary>
internal static class LearningRateOption
{
    /// <summary>The value that stands for "auto".</summary>
    internal const double Auto = 0;

    private const string AutoName = "auto";

    /// <summary>Creates the option, whose value is null if it is not given.</summary>
    /// <param name="standard">The default, for the help.</param>
    internal static Option<double?> Create(string standard) => new("--learning-rate")
    {
        Description = $"Peak learning rate (0.000000001 to 1), or auto: a range test of at most 100 steps increases the rate until the loss explodes; the "
            + $"result is a tenth of the rate with the lowest loss [default: {standard}].",
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
