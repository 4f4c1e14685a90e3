using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;

namespace IGptMl.Cli.Commands;

/// <summary>igpt model get: downloads a published model.</summary>
internal sealed class ModelGetCommand : IgptCommand
{
    private const string Hub = "hub";
    private const string OpenAI = "openai";
    private const int LastStep = 1_000_000;

    /// <summary>The models of the paper, by the letter of OpenAI's checkpoints.</summary>
    private static readonly Dictionary<string, char> Sizes = new(StringComparer.Ordinal) { ["small"] = 's', ["medium"] = 'm', ["large"] = 'l' };

    private readonly ModelDownloaderOptions? _options;
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "The model: a name on the Hugging Face hub, such as openai/imagegpt-small, -medium or -large, with @REVISION for another branch, tag or "
            + "commit; or a checkpoint of OpenAI, such as openai:igpt-s-bert@524000.",
    };

    private readonly Option<string> _source = new("--source")
    {
        Description = "Where it comes from: hub, or openai for OpenAI's own checkpoint of openai/imagegpt-small, -medium or -large, with its palette. "
            + "OpenAI's addresses are those of 2020.",
        HelpName = "SOURCE",
        DefaultValueFactory = _ => Hub,
    };

    private readonly Option<int> _checkpoint = new("--ckpt")
    {
        Description = "With --source openai: the training step of the checkpoint: 131000, 262000, 524000 or 1000000.",
        HelpName = "STEP",
        DefaultValueFactory = _ => LastStep,
    };

    private readonly Option<bool> _bert = new("--bert") { Description = "With --source openai: the model that was trained on masked pixels." };

    private readonly Option<bool> _refresh = new("--refresh")
    {
        Description = "Ask the hub whether the branch has a newer commit. Otherwise, a model that is on this machine stays as it is.",
    };

    /// <param name="terminal">Where results and messages go.</param>
    /// <param name="verbose">The global option for more messages.</param>
    /// <param name="options">Where models are found and stored; null for the defaults.</param>
    internal ModelGetCommand(Terminal terminal, Option<bool> verbose, ModelDownloaderOptions? options = null)
        : base(
            "get",
            "Download a published model, and verify it. An interrupted download is resumed. Every --model then takes the name, and downloads it as well.",
            "igpt model get openai/imagegpt-small",
            terminal,
            verbose)
    {
        _options = options;
        _source.AcceptOnlyFromAmong(Hub, OpenAI);
        foreach (var symbol in new Option[] { _source, _checkpoint, _bert, _refresh })
        {
            Add(symbol);
        }

        Add(_name);
        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var name = ReadName(parsed);
        if (!ModelDownloader.IsName(name))
        {
            throw new UsageException(
                $"'{name}' is not the name of a published model; expected a name such as openai/imagegpt-small, or openai:igpt-s-bert@524000 with the steps "
                + "131000, 262000, 524000 or 1000000.");
        }

        var downloader = new ModelDownloader((_options ?? new ModelDownloaderOptions()) with { Refresh = parsed.GetValue(_refresh) });
        var path = DownloadTracker.Run(Terminal, (progress, token) => downloader.GetAsync(name, progress, token), cancellation);
        var result = new ModelGetResult(name, path);
        WriteResult(parsed, result, result.Facts);
        return ExitCodes.Success;
    }

    private string ReadName(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(_name);
        if (parsed.GetValue(_source) == Hub)
        {
            return !parsed.GetValue(_bert) && parsed.GetValue(_checkpoint) == LastStep ? name
                : throw new UsageException("--ckpt and --bert are for --source openai; the hub has the last autoregressive checkpoints.");
        }

        const string Prefix = "openai/imagegpt-";
        var size = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return Sizes.TryGetValue(size, out var letter)
            ? $"openai:igpt-{letter}{(parsed.GetValue(_bert) ? "-bert" : string.Empty)}@{parsed.GetValue(_checkpoint)}"
            : throw new UsageException($"'{name}' is not a model of OpenAI; expected {Prefix}{string.Join($" or {Prefix}", Sizes.Keys)}.");
    }
}
