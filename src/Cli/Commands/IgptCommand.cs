using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Spectre.Console.Rendering;

namespace IGptMl.Cli.Commands;

/// <summary>What the commands have in common: the streams, the device, the form of the result.</summary>
internal abstract class IgptCommand : Command
{
    /// <summary>The column of tokens between the steps.</summary>
    protected const string TokensColumn = OpenedData.TokensColumn;

    /// <summary>What the loaders of image files and the keepers of checkpoints call themselves in the log.</summary>
    private static readonly string[] FileSources = ["ImageFiles", "Checkpoints"];

    private readonly Option<bool> _verbose;
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON object." };
    private readonly Option<int?> _gpu = CommandOptions.Number("--gpu", "Run on this GPU, numbered from 0; without it, on the CPU.", 0, 1024);
    private readonly Option<bool> _fallbackToCpu = new("--fallback-to-cpu") { Description = "Run on the CPU where that GPU is missing." };

    /// <param name="name">The word on the command line.</param>
    /// <param name="description">What the command does.</param>
    /// <param name="example">A command line that works.</param>
    /// <param name="terminal">Where results and messages go.</param>
    /// <param name="verbose">The global option for more messages.</param>
    protected IgptCommand(string name, string description, string example, Terminal terminal, Option<bool> verbose)
        : base(name, description)
    {
        Example = example;
        Terminal = terminal;
        _verbose = verbose;
        SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    internal string Example { get; }

    protected Terminal Terminal { get; }

    /// <summary>Does the work, and returns the exit code.</summary>
    protected abstract int Run(ParseResult parsed, CancellationToken cancellation);

    /// <summary>Adds the options that every command that runs a network has, below its own.</summary>
    protected void AddCommonOptions()
    {
        Add(_gpu);
        Add(_fallbackToCpu);
        AddJsonOption();
    }

    /// <summary>Adds the option for the form of the result, for a command that runs no network.</summary>
    protected void AddJsonOption() => Add(_json);

    protected bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Writes the result: one JSON object for programs where that is asked for, else names and values.</summary>
    protected void WriteResult<T>(ParseResult parsed, T result, IEnumerable<(string Name, string Value)> facts)
        => WriteResult(parsed, result, Tables.Of(facts));

    /// <summary>Writes the result: one JSON object for programs where that is asked for, else a table.</summary>
    protected void WriteResult<T>(ParseResult parsed, T result, IRenderable table)
    {
        if (WantsJson(parsed))
        {
            Terminal.WriteJson(result);
        }
        else
        {
            Terminal.Write(table);
        }
    }

    /// <summary>A context for the chosen device, which is checked at once.</summary>
    protected MLContext CreateContext(ParseResult parsed, int seed = 1)
    {
        var context = new MLContext(seed) { GpuDeviceId = parsed.GetValue(_gpu), FallbackToCpu = parsed.GetValue(_fallbackToCpu) };
        context.GetDeviceName();
        var verbose = parsed.GetValue(_verbose);
        context.Log += (_, message) =>
        {
            if (message.Kind >= ChannelMessageKind.Info && (verbose || IsAboutFiles(message)))
            {
                Terminal.Say(verbose ? message.Message : message.RawMessage);
            }
        };

        return context;
    }

    /// <summary>Whether a message is one that nobody must miss: images were left out, or a checkpoint could not be written or is damaged.</summary>
    private static bool IsAboutFiles(LoggingEventArgs message) => message.Kind == ChannelMessageKind.Warning
        && Array.Exists(FileSources, source => message.Source.Contains(source, StringComparison.Ordinal));

    /// <summary>The step from images to a model's tokens.</summary>
    protected static ITransformer CreateQuantizer(MLContext context, ImageGptModel model, OpenedData data)
        => data.HasTokens ? new TransformerChain<ITransformer>()
            : context.Transforms.QuantizeToPalette(TokensColumn, OpenedData.ImageColumn, model).Fit(data.View);
}
