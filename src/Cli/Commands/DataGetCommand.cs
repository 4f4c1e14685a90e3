using System.CommandLine;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;

namespace IGptMl.Cli.Commands;

/// <summary>igpt data get: a published data set, from where its authors offer it.</summary>
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
        Description = "Fetch the archive from this address, such as a mirror's, instead of its publisher's. It must be the same: size and checksum are "
            + "compared.",
        HelpName = "URL",
    };

    /// <param name="terminal">Where results and messages go.</param>
    /// <param name="verbose">The global option for more messages.</param>
    /// <param name="known">What can be fetched; null means the data sets that are known.</param>
    internal DataGetCommand(Terminal terminal, Option<bool> verbose, IReadOnlyList<PublishedData>? known = null)
        : base(
            "get",
            "Download a data set from its publisher, compare its checksum, and unpack it. A download that was interrupted goes on where it ended.",
            "igpt data get cifar10 --out datasets",
            terminal,
            verbose)
    {
        _known = known ?? PublishedData.All;
        _name.Description = $"The data set: {string.Join(", ", _known.Select(data => $"{data.Name} ({data.ArchiveBytes / 1e6:N0} MB, unpacked "
            + $"{data.UnpackedBytes / 1e6:N0} MB)"))}.";
        _name.AcceptOnlyFromAmong([.. _known.Select(data => data.Name)]);
        _out.Description = $"The folder to put it in [default: what the environment variable {DataCache.Variable} names, or {DataCache.Folder}].";
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
            throw new OperationCanceledException("Canceled. What has been downloaded is kept; the same command goes on from there.", e, cancellation);
        }
    }
}
