using System.CommandLine;

namespace IGptMl.Cli.Help;

/// <summary>Writes the help of the tool: a first example, and its commands in groups.</summary>
internal static class ToolHelp
{
    private const int Column = 20;

    private static readonly string[] FirstSteps =
    [
        "igpt pretrain --data shapes --minutes 3 --out model.zip    # learns from built-in pictures",
        "igpt serve --model model.zip                               # shows it your own in the browser",
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

        foreach (var (title, names) in CommandGroups.All)
        {
            output.WriteLine();
            output.WriteLine($"{title}:");
            foreach (var name in names)
            {
                output.WriteLine($"  {name.PadRight(Column)}{FirstSentence(Find(root, name).Description ?? string.Empty)}");
            }
        }

        output.WriteLine();
        output.WriteLine("'igpt COMMAND --help' has all options and an example. --version prints the version.");
    }

    /// <summary>The command of a name such as "palette fit".</summary>
    internal static Command Find(Command root, string name)
        => name.Split(' ').Aggregate(root, (command, word) => command.Subcommands.Single(each => each.Name == word));

    /// <summary>The part of a description that fits beside the name: up to the first full stop, colon or comma that leaves 80 columns.</summary>
    private static string FirstSentence(string description)
    {
        const int Room = 80 - Column - 2;
        var end = description.IndexOf(". ", StringComparison.Ordinal);
        var sentence = end > 0 ? description[..(end + 1)] : description;
        while (sentence.Length > Room && sentence.LastIndexOfAny([',', ':']) is > 0 and var cut)
        {
            sentence = $"{sentence[..cut]}.";
        }

        return sentence;
    }
}
