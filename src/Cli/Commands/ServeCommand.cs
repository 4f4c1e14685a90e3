using System.CommandLine;
using System.Net;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Serving;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Commands;

/// <summary>igpt serve: a page in the browser to look at what a model does.</summary>
internal sealed class ServeCommand : IgptCommand
{
    private const int DefaultPort = 8010;

    private readonly ModelOptions _model = new();
    private readonly Option<string?> _classifier = new("--classifier")
        { Description = "Also show the classes of a picture, by a classifier that igpt probe or igpt finetune made from the model.", HelpName = "FILE" };
    private readonly Option<string?> _run = new("--run")
        { Description = "Also show a training as it goes on: the folder that it has in --checkpoints.", HelpName = "DIR" };
    private readonly Option<int> _port = CommandOptions.Number("--port", "The port; 0 means any free one.", 0, ushort.MaxValue, DefaultPort);
    private readonly Option<IPAddress> _address = new("--address")
    {
        Description = "The IP address to listen on. Other than a loopback address, such as 0.0.0.0 for all, it lets every machine in the network use the page.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = result =>
        {
            if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                return address;
            }

            result.AddError($"--address is '{result.Tokens[0].Value}'; expected an IP address of this machine, such as 127.0.0.1 or 0.0.0.0.");
            return IPAddress.Loopback;
        },
    };

    internal ServeCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "serve",
            "Show in the browser what a model does: completions of your pictures as they are drawn, what surprises the model, classes, and a training as it "
                + "goes on. Ctrl-C ends it.",
            "igpt serve --model model.zip",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        foreach (var option in new Option[] { _classifier, _run, _port, _address })
        {
            Add(option);
        }

        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var run = parsed.GetValue(_run) is { } folder ? RunFolder.Open(folder) : null;
        var context = CreateContext(parsed);
        using var classifier = parsed.GetValue(_classifier) is { } file ? ClassifierFile.Load(context, file) : null;
        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: true);
        using var served = new ServedModel(context, model, classifier);
        var endPoint = new IPEndPoint(parsed.GetValue(_address)!, parsed.GetValue(_port));
        ServeAsync(parsed, served, run, endPoint, cancellation).GetAwaiter().GetResult();
        return ExitCodes.Success;
    }

    private async Task ServeAsync(ParseResult parsed, ServedModel model, RunFolder? run, IPEndPoint endPoint, CancellationToken cancellation)
    {
        await using var server = await PageServer.StartAsync(model, _model.NameOf(parsed), run, endPoint, Terminal.Say);
        WriteResult(parsed, new { Address = server.Address.ToString() }, [("page", server.Address.ToString())]);
        Terminal.Say("Open this address in a browser. Ctrl-C ends the tool.");
        var stopped = new TaskCompletionSource();
        await using var registration = cancellation.Register(stopped.SetResult);
        await stopped.Task;
    }
}
