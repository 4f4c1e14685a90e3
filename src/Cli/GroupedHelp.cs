using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using IGptMl.Cli.Commands;
using IGptMl.Cli.Help;

namespace IGptMl.Cli;

/// <summary>The help of the tool and of its commands.</summary>
/// <param name="standard">Writes the help of commands that only have commands below them.</param>
internal sealed class GroupedHelp(HelpAction standard) : SynchronousCommandLineAction
{
    private const int WidestLine = 120;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => standard.ClearsParseErrors;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        switch (parseResult.CommandResult.Command)
        {
            case IgptCommand command:
                new CommandHelp(output, WidthOf(output)).Write(command, NameOf(parseResult.CommandResult), command.Example);
                return 0;
            case RootCommand root:
                ToolHelp.Write(output, root);
                return 0;
            default:
                return standard.Invoke(parseResult);
        }
    }

    /// <summary>"igpt palette fit".</summary>
    internal static string NameOf(CommandResult result) => result.Parent is CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "igpt";

    /// <summary>The width of the terminal; null if the help goes elsewhere, where a line is as long as it is.</summary>
    private static int? WidthOf(TextWriter output)
        => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Math.Min(WidestLine, Console.WindowWidth) : null;
}
