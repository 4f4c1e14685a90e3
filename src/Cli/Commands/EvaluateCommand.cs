using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using Microsoft.ML;

namespace IGptMl.Cli.Commands;

/// <summary>igpt evaluate: measures how well a model predicts images.</summary>
internal sealed class EvaluateCommand : IgptCommand
{
    private const int MostMaps = 64;
    private const string OriginalColumn = "Original", MapColumn = "SurpriseMap";

    private static readonly Activity Evaluating = new("Evaluating", "image");

    private readonly ModelOptions _model = new();
    private readonly DataOptions _data = new();
    private readonly MaskOptions _masks = new(least: 0.001);
    private readonly Option<string?> _maps = new("--surprise-maps")
    {
        Description = $"Draw the first {MostMaps} images in the model's colors, next to maps of each pixel's surprise, from black (as expected) "
            + $"to bright yellow, into this PNG file.",
        HelpName = "FILE",
    };

    internal EvaluateCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "evaluate",
            "Measure how well a model predicts images: nats per token and bits per dimension, for each image with --json.",
            "igpt evaluate --model model.zip --data shapes:500:2 --json",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        _data.AddTo(this);
        _masks.AddTo(this);
        Add(_maps);
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var maps = parsed.GetValue(_maps);
        if (maps is not null)
        {
            OutputFile.Check(maps);
        }

        var context = CreateContext(parsed);
        var data = _data.Read(parsed).Open(context, _data.ReadLimit(parsed));
        using var model = _model.Load(parsed, Terminal, needsHead: true);
        var masking = _masks.Read(parsed, model);
        var quantizer = CreateQuantizer(context, model, data);
        using var likelihood = context.Transforms
            .CalculateImageLikelihood(model, new() { InputColumnName = TokensColumn, Masking = masking })
            .Fit(quantizer.Transform(data.View));
        var result = Terminal.Track(progress => EvaluationResult.Measure(likelihood.Transform(quantizer.Transform(data.Watch(Evaluating, progress,
            cancellation)))));
        if (maps is not null)
        {
            DrawMaps(context, model, masking, quantizer.Transform(data.View), maps);
        }

        WriteResult(parsed, result, result.Summary.Facts);
        return ExitCodes.Success;
    }

    private static void DrawMaps(MLContext context, ImageGptModel model, TokenMasking? masking, IDataView tokens, string path)
    {
        var pictures = context.Transforms.DecodeFromPalette(OriginalColumn, TokensColumn, model.Palette).Fit(tokens).Transform(tokens);
        using var likelihood = context.Transforms
            .CalculateImageLikelihood(model, new() { InputColumnName = TokensColumn, Masking = masking, SurpriseMapColumnName = MapColumn })
            .Fit(pictures);
        using var grid = ImageGrid.Create(likelihood.Transform(pictures), [OriginalColumn, MapColumn], MostMaps, abreast: 4);
        PictureFile.Write(path, grid);
    }
}
