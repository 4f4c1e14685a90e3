using System.CommandLine;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;

namespace IGptMl.Cli.Commands;

/// <summary>igpt data get: downloads a published data set from its publisher.</summary>
internal sealed class DataGetCommand : IgptCommand
{
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
        var target = parsed.GetValue(_out) ?? DataCache.Folder;
        var folder = DownloadTracker.Run(Terminal, (progress, token) => new DataDownloader().GetAsync(source, target, progress, token), cancellation);
        var result = new DataResult(data.Name, folder, data.Files.Sum(file => new FileInfo(Path.Combine(folder, file.Name)).Length));
        WriteResult(parsed, result, [("data", data.Title), ("folder", folder), ("size", $"{result.Bytes / 1e6:N0} MB")]);
        return ExitCodes.Success;
    }
}
