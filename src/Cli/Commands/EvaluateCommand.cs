using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Commands;

/// <summary>igpt evaluate: measures how well a model predicts images.</summary>
internal sealed class EvaluateCommand : IgptCommand
{
    private const int MostMaps = 64, MapScale = 4;
    private const string OriginalColumn = "Original", MapColumn = "SurpriseMap";

    private static readonly Activity Evaluating = new("Evaluating", "image");

    private readonly ModelOptions _model = new();
    private readonly DataOptions _data = new();
    private readonly MaskOptions _masks = new(least: 0.001);
    private readonly Option<string?> _maps = new Option<string?>("--surprise-maps")
    {
        Description = $"Write to this folder, for each of the first {MostMaps} images, a PNG file of the image in the model's colors beside a map of how much "
            + "each pixel surprised it, from black (as expected) to bright yellow, and all of them in grid.png.",
        HelpName = "DIR",
    }.IsFolder();

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
        var maps = parsed.GetValue(_maps) is { } path ? new PictureFolder(path) : null;

        var context = CreateContext(parsed);
        var data = _data.Read(parsed).Open(context, _data.ReadLimit(parsed), Skipped);
        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: true);
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

    private static void DrawMaps(MLContext context, ImageGptModel model, TokenMasking? masking, IDataView tokens, PictureFolder folder)
    {
        var pictures = context.Transforms.DecodeFromPalette(OriginalColumn, TokensColumn, model.Palette).Fit(tokens).Transform(tokens);
        using var likelihood = context.Transforms
            .CalculateImageLikelihood(model, new() { InputColumnName = TokensColumn, Masking = masking, SurpriseMapColumnName = MapColumn })
            .Fit(pictures);
        var maps = likelihood.Transform(pictures);
        var (name, original, map) = (maps.Schema[OpenedData.NameColumn], maps.Schema[OriginalColumn], maps.Schema[MapColumn]);
        using var rows = new GridRows(MapScale);
        using var cursor = maps.GetRowCursor([name, original, map]);
        var (getName, getOriginal, getMap) = (cursor.GetGetter<ReadOnlyMemory<char>>(name), cursor.GetGetter<MLImage>(original),
            cursor.GetGetter<MLImage>(map));
        ReadOnlyMemory<char> file = default;
        for (var i = 1; i <= MostMaps && cursor.MoveNext(); i++)
        {
            MLImage image = null!, surprise = null!; // variables of their own for each row, which therefore keep their images
            getName(ref file);
            getOriginal(ref image);
            getMap(ref surprise);
            using (var pair = ImageGrid.Create([[image, surprise]], MapScale))
            {
                folder.Write(PictureFolder.NameOf(i, $"{file}"), pair);
            }

            rows.Add(image, surprise);
        }

        using var grid = rows.Create(abreast: 4);
        if (grid is not null)
        {
            folder.Write("grid.png", grid);
        }
    }
}
