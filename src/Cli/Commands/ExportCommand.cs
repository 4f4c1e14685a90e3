using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;

namespace IGptMl.Cli.Commands;

/// <summary>igpt export: writes a model in a form that other libraries read.</summary>
internal sealed class ExportCommand : IgptCommand
{
    private const string HuggingFace = "huggingface";

    private readonly Option<string> _model = ModelOptions.CreateModel();
    private readonly PaletteOptions _palette = ModelOptions.CreatePalette();
    private readonly Option<string> _format = new("--format")
        { Description = "The form to write: huggingface is a folder that Hugging Face's ImageGPT loads.", HelpName = "FORM", Required = true };
    private readonly Option<string> _out = new("--out") { Description = "The folder to write, which must be new or empty.", HelpName = "DIR", Required = true };

    internal ExportCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "export",
            "Write a model in a form that other libraries read.",
            "igpt export --model model.zip --format huggingface --out imagegpt",
            terminal,
            verbose)
    {
        _format.AcceptOnlyFromAmong(HuggingFace);
        Add(_model);
        _palette.AddTo(this);
        Add(_format);
        Add(_out);
        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = parsed.GetRequiredValue(_out);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new IOException($"'{folder}' already exists; expected a new or an empty folder."); // fail before reading the model
        }

        using var model = _palette.LoadModel(parsed.GetRequiredValue(_model), parsed, Terminal, cancellation);
        cancellation.ThrowIfCancellationRequested();
        model.SaveAsHuggingFace(folder);
        var result = ModelResult.Of(folder, model);
        WriteResult(parsed, result, result.Facts);
        return ExitCodes.Success;
    }
}
