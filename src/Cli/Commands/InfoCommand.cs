using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Commands;

/// <summary>igpt info: what a model is, and how it came to be.</summary>
internal sealed class InfoCommand : IgptCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = $"The model: {ModelOptions.Forms}." };
    private readonly PaletteOptions _palette = ModelOptions.CreatePalette();
    private readonly Option<string?> _picture = new("--picture")
        { Description = "A PNG file to draw the palette into. An existing file is replaced.", HelpName = "FILE" };

    internal InfoCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "info",
            "Show what a model is, its sizes, and how it was trained or where it came from.",
            "igpt info openai/imagegpt-small --picture palette.png",
            terminal,
            verbose)
    {
        Add(_model);
        _palette.AddTo(this);
        Add(_picture.EndsIn(".png"));
        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var picture = parsed.GetValue(_picture);
        if (picture is not null)
        {
            OutputFile.Check(picture);
        }

        var name = parsed.GetRequiredValue(_model);
        var path = NamedModel.Locate(name, Terminal, cancellation);
        using var model = _palette.LoadModel(path, parsed, Terminal, cancellation);
        if (picture is not null)
        {
            var palette = model.Palette ?? throw new UsageException($"'{name}' has no palette to draw. Use --palette to give one.");
            OutputFile.Write(picture, stream => PaletteChart.Write(stream, palette));
        }

        var result = ModelInfoResult.Of(name, path, picture, model);
        WriteResult(parsed, result, result.Facts);
        return ExitCodes.Success;
    }
}
