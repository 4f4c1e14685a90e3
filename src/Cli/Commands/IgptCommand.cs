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
        Skipped = new SkippedImages(terminal);
        SetAction((parsed, cancellation) => Task.FromResult(Finish(Run(parsed, cancellation))));
    }

    internal string Example { get; }

    protected Terminal Terminal { get; }

    /// <summary>The images that are skipped because they cannot be read.</summary>
    protected SkippedImages Skipped { get; }

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

    /// <summary>Writes the result: one JSON object with --json, otherwise names and values.</summary>
    protected void WriteResult<T>(ParseResult parsed, T result, IEnumerable<(string Name, string Value)> facts)
        => WriteResult(parsed, result, Tables.Of(facts));

    /// <summary>Writes the result: one JSON object with --json, otherwise a table.</summary>
    protected void WriteResult<T>(ParseResult parsed, T result, IRenderable table)
    {
        if (parsed.GetValue(_json))
        {
            Terminal.WriteJson(result, Skipped.All);
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

    /// <summary>Connects the processes that mpirun has started, of which only the first writes.</summary>
    protected RankGroup ConnectRanks()
    {
        var ranks = RankGroup.Connect();
        Terminal.Rank = ranks.Rank;
        if (ranks.Count > 1)
        {
            Terminal.Say($"{ranks.Count} ranks train together.");
        }

        return ranks;
    }

    /// <summary>The exit code of a command that has done its work, for all of the images or for some.</summary>
    private int Finish(int code)
    {
        if (code != ExitCodes.Success || Skipped.All.Count == 0)
        {
            return code;
        }

        Terminal.Say($"{Skipped.All.Count:N0} of the images could not be read; the result is that of the others.");
        return ExitCodes.Partial;
    }

    /// <summary>Refuses a training on the CPU whose state does not fit into the memory of the machine, before any images are read.</summary>
    /// <exception cref="UsageException">It does not fit.</exception>
    protected void RequireMemory(ParseResult parsed, ImageGptConfig config)
    {
        const int BytesPerParameter = 16; // the weight, its gradient and Adam's two moments
        var (needed, available) = (BytesPerParameter * (double)config.ParameterCount, (double)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (parsed.GetValue(_gpu) is null && needed > available)
        {
            throw new UsageException($"The training state of {config.ParameterCount:N0} parameters takes {needed / 1e9:N0} GB; this machine has "
                + $"{available / 1e9:N0} GB. Choose a smaller model, or a GPU by --gpu.");
        }
    }

    /// <summary>Writes a report, and returns the exit code: that of a partial result if a part of the study failed.</summary>
    protected int Save(StudyResults results, string folder)
    {
        results.Save(folder);
        foreach (var failure in results.Failures)
        {
            Terminal.Say($"{failure} The report has everything else.");
        }

        return results.Failures.Count == 0 ? ExitCodes.Success : ExitCodes.Partial;
    }

    /// <summary>Whether a message is always shown: images were skipped, or a checkpoint could not be written or is damaged.</summary>
    private static bool IsAboutFiles(LoggingEventArgs message) => message.Kind == ChannelMessageKind.Warning
        && Array.Exists(FileSources, source => message.Source.Contains(source, StringComparison.Ordinal));

    /// <summary>Finds out at once whether images that are tokens already are those of a model.</summary>
    /// <param name="data">The images, of which only tokens are looked at.</param>
    /// <param name="config">The model's architecture.</param>
    /// <param name="cure">Says what to do about other tokens, by the side of their images and their number of colors; null for the same images' tokens.</param>
    /// <exception cref="UsageException">They are of another size, or of other colors.</exception>
    protected static void RequireTokens(OpenedData data, ImageGptConfig config, Func<int, int, string>? cure = null)
    {
        if (data.View.Schema.GetColumnOrNull(TokensColumn)?.Type is not VectorDataViewType { Size: var size, ItemType: KeyDataViewType { Count: var keys } })
        {
            return;
        }

        var (side, colors) = ((int)Math.Sqrt(size), (int)keys);
        if ((size, colors) != (config.ContextLength, config.Colors))
        {
            throw new UsageException($"The tokens are those of images of {side}x{side} pixels in {colors:N0} colors; the model's are of "
                + $"{config.ImageSize}x{config.ImageSize} pixels in {config.Colors:N0} colors. "
                + (cure?.Invoke(side, colors) ?? "'igpt quantize --model' makes a model's tokens of images."));
        }
    }

    /// <summary>Creates the transformer from images to a model's tokens.</summary>
    /// <exception cref="UsageException">The images are tokens already, and not those of the model.</exception>
    protected static ITransformer CreateQuantizer(MLContext context, ImageGptModel model, OpenedData data)
    {
        RequireTokens(data, model.Config);
        return data.HasTokens ? new TransformerChain<ITransformer>()
            : context.Transforms.QuantizeToPalette(TokensColumn, OpenedData.ImageColumn, model).Fit(data.View);
    }
}
