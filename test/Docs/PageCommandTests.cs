using System.Text.RegularExpressions;
using IGptMl.Tests.Cli;

namespace IGptMl.Tests.Docs;

/// <summary>The commands and options of igpt that pages show exist.</summary>
[TestClass]
public sealed partial class PageCommandTests
{
    private static readonly string[] Starts = ["igpt ", "dotnet run -c Release --project src/Cli -- "];

    /// <summary>Commands with subcommands.</summary>
    private static readonly string[] Groups = ["palette", "data"];

    private static readonly Dictionary<string, IReadOnlyList<string>> Known = [];

    public static IEnumerable<object[]> PagesWithCommands => Page.All.Where(page => CommandsOf(page).Any()).Select(page => (object[])[page.Name]);

    [TestMethod]
    [DynamicData(nameof(PagesWithCommands))]
    public void Commands_HaveTheOptionsThatAreShown(string page)
        => Assert.AreEqual(string.Empty, string.Join("\n", CommandsOf(Page.Find(page)).SelectMany(command => Faults(page, command.Line, command.Arguments))));

    [TestMethod]
    public void Command_WithAnUnknownOption_IsFound()
    {
        Assert.IsEmpty(Faults("example.md", 1, ["palette", "fit", "--colors", "512"]));
        Assert.HasCount(1, Faults("example.md", 1, ["palette", "fit", "--colours", "512"]));
        Assert.HasCount(1, Faults("example.md", 1, ["paint", "--colors", "512"]));
    }

    [TestMethod]
    public void OptionsInText_AreThoseOfSomeCommand()
    {
        string[] general = ["--help", "--verbose"];
        var commands = Page.Find("docs/igpt.md").Prose.SelectMany(line => CommandInTable().Matches(line.Text)).Select(match => match.Groups[1].Value);
        var all = commands.SelectMany(command => OptionsOf(command.Split(' ')) ?? []).Concat(general).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("--checkpoints", all);
        var faults =
            from page in Page.All
            from line in page.Prose
            from Match option in OptionInText().Matches(line.Text)
            where !all.Contains(option.Groups[1].Value)
            select $"{page}({line.Number}): {option.Groups[1].Value}";
        Assert.AreEqual(string.Empty, string.Join("\n", faults));
    }

    private static IEnumerable<(int Line, string[] Arguments)> CommandsOf(Page page) =>
        from block in page.Blocks
        from line in Continued(block)
        let start = Starts.FirstOrDefault(start => line.Text.StartsWith(start, StringComparison.Ordinal))
        where start is not null
        select (line.Number, Arguments: Words(line.Text[start.Length..]));

    /// <summary>The command lines of a block, with continuation lines joined.</summary>
    private static IEnumerable<(int Number, string Text)> Continued(Page.Block block)
    {
        var start = string.Empty;
        foreach (var (index, line) in block.Lines.Index())
        {
            if (line.EndsWith('\\'))
            {
                start += line[..^1];
                continue;
            }

            yield return (block.FirstLine + index, start + line);
            start = string.Empty;
        }
    }

    private static string[] Words(string line) => [.. Word().Matches(line).Select(match => match.Value)];

    /// <summary>The problems of a command line, according to the command's help.</summary>
    private static IEnumerable<string> Faults(string page, int line, string[] arguments)
    {
        var command = arguments[..(Groups.Contains(arguments[0]) ? 2 : 1)];
        var name = string.Join(' ', command);
        var options = arguments.Where(word => word.StartsWith("--", StringComparison.Ordinal));
        return OptionsOf(command) is { } known
            ? options.Where(option => !known.Contains(option)).Select(option => $"{page}({line}): {name} has no {option}")
            : [$"{page}({line}): there is no command {name}"];
    }

    /// <summary>The options that the help of a command lists; null if the command does not exist.</summary>
    private static IReadOnlyList<string>? OptionsOf(string[] command)
    {
        var name = string.Join(' ', command);
        if (!Known.TryGetValue(name, out var options))
        {
            var help = CommandLine.Run([.. command, "--help"]).Output;
            var isCommand = help.Contains($"igpt {name}", StringComparison.Ordinal); // for an unknown command, the help is that of the tool
            Known[name] = options = isCommand ? [.. OptionInHelp().Matches(help).Select(match => match.Groups[1].Value)] : [];
        }

        return options.Count == 0 ? null : options;
    }

    [GeneratedRegex(@"""[^""]*""|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s+(?:-\S+, )*(--[a-z0-9-]+)", RegexOptions.Multiline)]
    private static partial Regex OptionInHelp();

    [GeneratedRegex(@"`(--[a-z][a-z0-9-]*)[^`]*`")]
    private static partial Regex OptionInText();

    [GeneratedRegex(@"^\| `([a-z][a-z -]*)` \|")]
    private static partial Regex CommandInTable();
}
