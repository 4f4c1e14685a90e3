using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Commands;

/// <summary>igpt export: writes a model in a form that other libraries read.</summary>
internal sealed class ExportCommand : IgptCommand
{
    private const string HuggingFace = "huggingface";
    private const string Onnx = "onnx";

    private readonly Option<string> _model = ModelOptions.CreateModel();
    private readonly PaletteOptions _palette = ModelOptions.CreatePalette();
    private readonly Option<string> _format = new("--format")
    {
        Description = "The form to write: huggingface, a folder that Hugging Face's ImageGPT loads; or onnx, a file that ONNX Runtime runs.",
        HelpName = "FORM",
        Required = true,
    };

    private readonly OnnxOptions _onnx = new();
    private readonly Option<string> _out = new("--out")
        { Description = "The folder to write, which must be new or empty; or the file to write, for onnx.", HelpName = "PATH", Required = true };

    internal ExportCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "export",
            "Write a model in a form that other libraries read.",
            "igpt export --model model.zip --format huggingface --out imagegpt",
            terminal,
            verbose)
    {
        _format.AcceptOnlyFromAmong(HuggingFace, Onnx);
        Add(_model);
        _palette.AddTo(this);
        Add(_format);
        _onnx.AddTo(this);
        Add(_out);
        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        if (parsed.GetRequiredValue(_format) == Onnx)
        {
            OutputFile.Check(path); // fail before reading the model
            var exported = _onnx.IsClassifier(parsed) ? ExportClassifier(path, parsed) : ExportModel(path, parsed, cancellation);
            WriteResult(parsed, exported, exported.Facts);
            return ExitCodes.Success;
        }

        _onnx.RefuseFor(HuggingFace, parsed);
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new IOException($"'{path}' already exists; expected a new or an empty folder.");
        }

        using var model = Load(parsed, cancellation);
        model.SaveAsHuggingFace(path);
        var result = ModelResult.Of(path, model);
        WriteResult(parsed, result, result.Facts);
        return ExitCodes.Success;
    }

    private ModelResult ExportModel(string path, ParseResult parsed, CancellationToken cancellation)
    {
        using var model = Load(parsed, cancellation);
        model.SaveAsOnnx(path, _onnx.Of(parsed, model.Config));
        return ModelResult.Of(path, model);
    }

    private ModelResult ExportClassifier(string path, ParseResult parsed)
    {
        using var file = FineTunedFile.Load(CreateContext(parsed), parsed.GetRequiredValue(_model));
        file.Classifier.SaveAsOnnx(path, _onnx.Of(parsed, file.Classifier.Model.Config));
        return ModelResult.Of(path, file.Classifier.Model);
    }

    private ImageGptModel Load(ParseResult parsed, CancellationToken cancellation)
    {
        var model = _palette.LoadModel(parsed.GetRequiredValue(_model), parsed, Terminal, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return model;
    }
}
