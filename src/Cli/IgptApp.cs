using System.CommandLine;
using System.CommandLine.Help;
using System.Text.RegularExpressions;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Commands;
using IGptMl.Cli.Help;
using IGptMl.Cli.Output;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli;

/// <summary>The command-line tool: runs the command, and reports errors as one line and an exit code.</summary>
internal static partial class IgptApp
{
    /// <summary>Runs a command line. Results go to <paramref name="output"/>; progress, messages and errors to <paramref name="error"/>.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var terminal = new Terminal(output, error);
        var verbose = new Option<bool>("--verbose") { Description = "Show ML.NET's messages, and the stack trace of an error.", Recursive = true };
        var root = new RootCommand("Image GPT for ML.NET, models that learn from images without labels.")
        {
            verbose,
            new PretrainCommand(terminal, verbose),
            new EvaluateCommand(terminal, verbose),
            new QuantizeCommand(terminal, verbose),
            new FeaturesCommand(terminal, verbose),
            new ProbeCommand(terminal, verbose),
            new LowDataCommand(terminal, verbose),
            new FineTuneCommand(terminal, verbose),
            new ReportCommand(terminal, verbose),
            new PredictCommand(terminal, verbose),
            new SampleCommand(terminal, verbose),
            new CompleteCommand(terminal, verbose),
            new ServeCommand(terminal, verbose),
            new PaletteCommand(terminal, verbose),
            new ImportCommand(terminal, verbose),
            new ExportCommand(terminal, verbose),
            new InfoCommand(terminal, verbose),
            new DoctorCommand(terminal, verbose),
            new ShellCompletionCommand(terminal, verbose),
            new Command("data", "Fetch data sets.") { new DataGetCommand(terminal, verbose) },
            new Command("model", "Fetch published models.") { new ModelGetCommand(terminal, verbose) },
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new GroupedHelp((HelpAction)help.Action!);

        if (args is [WordCompletion.Request, var line])
        {
            output.Write(string.Concat(WordCompletion.Of(root, line).Select(word => $"{word}\n")));
            return ExitCodes.Success;
        }

        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine(Describe(parsed));
            return ExitCodes.Usage;
        }

        try
        {
            // The caller handles Ctrl-C; errors are handled below.
            var configuration = new InvocationConfiguration
                { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (Exception e)
        {
            var cause = ErrorCause.Of(e);
            error.WriteLine($"igpt: {(terminal.Rank > 0 ? $"rank {terminal.Rank}: " : string.Empty)}{OneLine(ErrorMessage.Of(cause))}");
            if (parsed.GetValue(verbose))
            {
                error.WriteLine(e);
            }

            return cause switch
            {
                UsageException => ExitCodes.Usage,
                OperationCanceledException => ExitCodes.Canceled,
                _ => ExitCodes.Failure,
            };
        }
    }

    /// <summary>What is wrong with a command line: one line, or two if a message has a second one that says what is expected.</summary>
    private static string Describe(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens.Count > 0;
        var messages = parsed.Errors
            .Select(e => e.Message)
            .Where(message => !unknown || !message.StartsWith("Required command", StringComparison.Ordinal))
            .ToList();
        var expected = messages.Exists(message => message.EndsWith(DataSource.Expected, StringComparison.Ordinal));
        var problems = messages
            .Select(message => Sentence(string.Join(' ', Lines(message.Replace(DataSource.Expected, string.Empty, StringComparison.Ordinal))))
                + SuggestValue(message))
            .Append(unknown ? SuggestWord(parsed.CommandResult.Command, parsed.UnmatchedTokens[0]).Trim() : string.Empty)
            .Where(text => text.Length > 0)
            .Distinct();
        var line = $"igpt: {string.Join(' ', problems)}{(expected ? $"\n{DataSource.Expected}" : string.Empty)}";
        return $"{line} See '{GroupedHelp.NameOf(parsed.CommandResult)} --help'.";
    }

    /// <summary>The command or option that an unknown word was meant to be.</summary>
    private static string SuggestWord(Command command, string word) => Suggestion.Of(word.Split('=')[0], word.StartsWith('-')
        ? CommandHelp.GroupsOf(command).SelectMany(group => group.Options).Select(option => option.Name)
        : command.Subcommands.Select(each => each.Name));

    /// <summary>The value that an unknown one was meant to be, of a message that quotes it and then all that there are.</summary>
    private static string SuggestValue(string message)
        => message.Contains("Must be one of", StringComparison.Ordinal) && Quoted().Matches(message) is [var first, .. ] all
            ? Suggestion.Of(first.Groups[1].Value, all.Skip(1).Select(match => match.Groups[1].Value))
            : string.Empty;

    /// <summary>The first non-empty line, as native errors continue with a stack trace.</summary>
    private static string OneLine(string message)
        => Lines(message).FirstOrDefault() ?? "an error without a message.";

    /// <summary>Adds a missing full stop, as some messages of System.CommandLine end in a list of accepted words.</summary>
    private static string Sentence(string text) => text is [.., '.' or '?' or '!'] ? text : $"{text}.";

    private static string[] Lines(string message) => message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex("'([^']*)'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
