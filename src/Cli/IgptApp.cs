using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Commands;
using IGptMl.Cli.Output;

namespace IGptMl.Cli;

/// <summary>The command-line tool: runs the command, and reports errors as one line and an exit code.</summary>
internal static class IgptApp
{
    private static readonly string[] ThreadReports = ["Splitter/consolidator worker encountered exception",
        "Event we were waiting on was subject to an exception"];

    /// <summary>Runs a command line. Results go to <paramref name="output"/>; progress, messages and errors to <paramref name="error"/>.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var terminal = new Terminal(output, error);
        var verbose = new Option<bool>("--verbose") { Description = "Show ML.NET's messages, and the stack trace of an error.", Recursive = true };
        var root = new RootCommand("Image GPT for ML.NET: pretrain on images without labels, and evaluate and use the features.")
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
            new PaletteCommand(terminal, verbose),
            new ImportCommand(terminal, verbose),
            new ExportCommand(terminal, verbose),
            new InfoCommand(terminal, verbose),
            new DoctorCommand(terminal, verbose),
            new Command("data", "Fetch data sets.") { new DataGetCommand(terminal, verbose) },
            new Command("model", "Fetch published models.") { new ModelGetCommand(terminal, verbose) },
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!);

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var problems = string.Join(" ", parsed.Errors.Select(e => Sentence(string.Join(' ', Lines(e.Message)))).Distinct());
            error.WriteLine($"igpt: {problems} See '{NameOf(parsed.CommandResult)} --help'.");
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
            var cause = FindCause(e);
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

    /// <summary>"igpt palette fit".</summary>
    private static string NameOf(CommandResult result) => result.Parent is CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "igpt";

    /// <summary>Unwraps the exceptions that threads and reflection add.</summary>
    private static Exception FindCause(Exception e)
    {
        while (e.InnerException is { } inner && (e is AggregateException or TargetInvocationException || IsThreadReport(e)))
        {
            e = inner;
        }

        return e;
    }

    /// <summary>Whether the exception only reports that one of ML.NET's reading or caching threads failed.</summary>
    private static bool IsThreadReport(Exception e) => e is InvalidOperationException
        && Array.Exists(ThreadReports, start => e.Message.StartsWith(start, StringComparison.Ordinal));

    /// <summary>The first non-empty line, as native errors continue with a stack trace.</summary>
    private static string OneLine(string message)
        => Lines(message).FirstOrDefault() ?? "an error without a message.";

    /// <summary>Adds a missing full stop, as some messages of System.CommandLine end in a list of accepted words.</summary>
    private static string Sentence(string text) => text is [.., '.' or '?' or '!'] ? text : $"{text}.";

    private static string[] Lines(string message) => message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
