using System.CommandLine;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;

namespace IGptMl.Cli.Commands;

/// <summary>igpt data get: downloads a published data set from its publisher.</summary>
internal sealed class DataGetCommand : IgptCommand
{
    private const long Megabyte = 1_000_000;

    private static readonly Dictionary<DownloadStage, Activity> Activities = new()
    {
        [DownloadStage.Downloading] = new("Downloading", "MB"),
        [DownloadStage.Checking] = new("Checking", "MB"),
        [DownloadStage.Unpacking] = new("Unpacking", "MB"),
    };

    private readonly IReadOnlyList<PublishedData> _known;
    private readonly Argument<string> _name = new("NAME");
    private readonly Option<string?> _out = new("--out") { HelpName = "DIR" };
    private readonly Option<Uri?> _from = new("--from")
    {
        Description = "Download the archive from this address, such as a mirror's, instead of its publisher's. It must be the same file: size and checksum are "
            + "compared.",
        HelpName = "URL",
    };

    /// <param name="terminal">Where results and messages go.</param>
    /// <param name="verbose">The global option for more messages.</param>
    /// <param name="known">The available data sets; null means all known ones.</param>
    internal DataGetCommand(Terminal terminal, Option<bool> verbose, IReadOnlyList<PublishedData>? known = null)
        : base(
            "get",
            "Download a data set from its publisher, verify its checksum, and unpack it. An interrupted download is resumed.",
            "igpt data get cifar10 --out datasets",
            terminal,
            verbose)
    {
        _known = known ?? PublishedData.All;
        _name.Description = $"The data set: {string.Join(", ", _known.Select(data => $"{data.Name} ({data.ArchiveBytes / 1e6:N0} MB, unpacked "
            + $"{data.UnpackedBytes / 1e6:N0} MB)"))}.";
        _name.AcceptOnlyFromAmong([.. _known.Select(data => data.Name)]);
        _out.Description = $"The folder to unpack to [default: the folder in the environment variable {DataCache.Variable}, or {DataCache.Folder}].";
        _from.CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError($"--from is '{result.Tokens[0].Value}'; expected an address that begins with http:// or https://.");
            return null;
        };
        Add(_name);
        Add(_out);
        Add(_from);
        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var data = _known.Single(known => known.Name == parsed.GetRequiredValue(_name));
        var source = data with { Address = parsed.GetValue(_from) ?? data.Address };
        var folder = Terminal.Track(progress => Fetch(source, parsed.GetValue(_out) ?? DataCache.Folder, progress, cancellation));
        var result = new DataResult(data.Name, folder, data.Files.Sum(file => new FileInfo(Path.Combine(folder, file.Name)).Length));
        WriteResult(parsed, result, [("data", data.Title), ("folder", folder), ("size", $"{result.Bytes / 1e6:N0} MB")]);
        return ExitCodes.Success;
    }

    private static string Fetch(PublishedData data, string folder, IProgress<Advance> progress, CancellationToken cancellation)
    {
        var megabytes = (Stage: DownloadStage.Downloading, Done: -1L);
        var relay = new Relay<DownloadProgress>(value =>
        {
            var now = (value.Stage, value.Done / Megabyte);
            if (now != megabytes || value.Done == value.Total)
            {
                megabytes = now;
                progress.Report(new Advance(Activities[value.Stage], value.Done / Megabyte, value.Total / Megabyte, string.Empty));
            }
        });
        try
        {
            return new DataDownloader().GetAsync(data, folder, relay, cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("Canceled. The partial download is kept; the same command resumes it.", e, cancellation);
        }
    }
}
