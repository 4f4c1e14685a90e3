using System.CommandLine;

namespace IGptMl.Cli.Help;

/// <summary>Writes the help of the tool: a first example, and its commands in groups.</summary>
internal static class ToolHelp
{
    private const int Column = 20;

    private static readonly string[] FirstSteps =
    [
        "igpt pretrain --data shapes --minutes 3 --out model.zip",
        "igpt serve --model model.zip",
    ];

    /// <summary>Writes the help.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="root">The tool.</param>
    internal static void Write(TextWriter output, Command root)
    {
        output.WriteLine($"igpt: {root.Description}");
        output.WriteLine();
        output.WriteLine("First steps:");
        foreach (var line in FirstSteps)
        {
            output.WriteLine($"  {line}");
        }

        foreach (var (title, commands) in CommandGroups.All)
        {
            output.WriteLine();
            output.WriteLine($"{title}:");
            foreach (var (name, text) in commands)
            {
                output.WriteLine($"  {name.PadRight(Column)}{text}");
            }
        }

        output.WriteLine();
        output.WriteLine("'igpt COMMAND --help' has all options and an example; --version the version.");
    }
}
