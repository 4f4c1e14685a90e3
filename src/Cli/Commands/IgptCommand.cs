using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Spectre.Console.Rendering;

namespace IGptMl.Cli.Commands;

/// <summary>The base class of commands: output, device, and the format of the result.</summary>
internal abstract class IgptCommand : Command
{
    /// <summary>The token column between the steps of a pipeline.</summary>
    protected const string TokensColumn = OpenedData.TokensColumn;

    /// <summary>The log sources of image loading and of checkpoints.</summary>
    private static readonly string[] FileSources = ["ImageFiles", "Checkpoints"];

    private readonly Option<bool> _verbose;
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON object." };
    private readonly Option<int?> _gpu = CommandOptions.Number("--gpu", "Run on this GPU, numbered from 0; without it, on the CPU.", 0, 1024);
    private readonly Option<bool> _fallbackToCpu = new("--fallback-to-cpu") { Description = "Fall back to the CPU if the GPU is not available." };

    /// <param name="name">The name on the command line.</param>
    /// <param name="description">The description for the help.</param>
    /// <param name="example">An example command line.</param>
    /// <param name="terminal">The output of results and messages.</param>
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

    /// <summary>Runs the command, and returns the exit code.</summary>
    protected abstract int Run(ParseResult parsed, CancellationToken cancellation);

    /// <summary>Adds the common options of commands that run a network, after the command's own.</summary>
    protected void AddCommonOptions()
    {
        Add(_gpu);
        Add(_fallbackToCpu);
        AddJsonOption();
    }

    /// <summary>Adds the option for the format of the result, for commands that do not run a network.</summary>
    protected void AddJsonOption() => Add(_json);

    protected bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Writes the result: one JSON object with --json, otherwise names and values.</summary>
    protected void WriteResult<T>(ParseResult parsed, T result, IEnumerable<(string Name, string Value)> facts)
        => WriteResult(parsed, result, Tables.Of(facts));

    /// <summary>Writes the result: one JSON object with --json, otherwise a table.</summary>
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

    /// <summary>Creates a context for the chosen device, and checks that the device is available.</summary>
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

    /// <summary>Whether a message is always shown: images were skipped, or a checkpoint could not be written or is damaged.</summary>
    private static bool IsAboutFiles(LoggingEventArgs message) => message.Kind == ChannelMessageKind.Warning
        && Array.Exists(FileSources, source => message.Source.Contains(source, StringComparison.Ordinal));

    /// <summary>Creates the transformer from images to a model's tokens.</summary>
    protected static ITransformer CreateQuantizer(MLContext context, ImageGptModel model, OpenedData data)
        => data.HasTokens ? new TransformerChain<ITransformer>()
            : context.Transforms.QuantizeToPalette(TokensColumn, OpenedData.ImageColumn, model).Fit(data.View);
}
