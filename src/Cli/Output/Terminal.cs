using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IGptMl.Cli.Output;

/// <summary>The output of a command: results on one stream, messages and progress on the other.</summary>
internal sealed class Terminal
{
    private static readonly JsonSerializerOptions Json = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    private const int BarWidth = 16;

    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly IAnsiConsole _results;
    private readonly IAnsiConsole _messages;

    internal Terminal(TextWriter output, TextWriter error)
    {
        _output = output;
        _error = error;
        _results = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        _messages = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
    }

    /// <summary>The rank of this process in a training of several; only rank 0 writes.</summary>
    internal int Rank { get; set; }

    /// <summary>Whether nothing is written.</summary>
    private bool IsSilent => Rank > 0;

    /// <summary>Whether messages go to an interactive terminal, where a line can be rewritten.</summary>
    private bool IsWatched => _messages.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, Interactive: true } };

    /// <summary>Writes a message.</summary>
    internal void Say(string message)
    {
        message = ErrorMessage.WithoutParameters(message);
        if (IsSilent)
        {
            return;
        }

        if (IsWatched)
        {
            _messages.WriteLine(message); // above the progress, if any
        }
        else
        {
            _error.WriteLine(message); // on one line, whatever its length
        }
    }

    /// <summary>Writes a formatted result.</summary>
    internal void Write(IRenderable result) => _results.Write(result);

    /// <summary>Writes a text as it is, line breaks included.</summary>
    internal void WriteText(string text) => _output.WriteLine(text);

    /// <summary>Writes the result as one JSON object, the only content of the output stream. It also names the skipped images.</summary>
    internal void WriteJson<T>(T result, IReadOnlyList<SkippedImage> skipped)
    {
        var json = JsonSerializer.SerializeToNode(result, Json)!.AsObject();
        if (skipped.Count > 0)
        {
            json.Add("skipped", JsonSerializer.SerializeToNode(skipped, Json));
        }

        _output.WriteLine(json.ToJsonString(Json));
    }

    /// <summary>Runs work and shows its progress, as bars on an interactive terminal and as lines otherwise.</summary>
    internal T Track<T>(Func<IProgress<Advance>, T> work)
    {
        if (IsSilent)
        {
            return work(new Relay<Advance>(_ => { }));
        }

        if (!IsWatched)
        {
            return work(new ProgressLines(_error));
        }

        return Track(_messages, work);
    }

    /// <summary>Runs work and shows its progress as bars.</summary>
    internal static T Track<T>(IAnsiConsole console, Func<IProgress<Advance>, T> work)
    {
        var details = new DetailColumn(BarWidth);
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, details)
            .Start(context => work(new ProgressBars(context, details)));
    }
}
