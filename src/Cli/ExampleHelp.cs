using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using IGptMl.Cli.Commands;

namespace IGptMl.Cli;

/// <summary>The help of a command, followed by an example.</summary>
/// <param name="help">Writes the standard help.</param>
internal sealed class ExampleHelp(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => help.ClearsParseErrors;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is IgptCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Example:");
            output.WriteLine($"  {command.Example}");
            output.WriteLine();
        }

        return result;
    }
}
