using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Commands;

/// <summary>igpt complete: keeps a part of each image, and samples the rest from a model.</summary>
internal sealed class CompleteCommand : IgptCommand
{
    private const int DefaultLimit = 16, DefaultCompletions = 4;
    private const string OriginalColumn = "Original", KeptColumn = "Kept";

    private static readonly Activity Completing = new("Completing", "image");

    private readonly ModelOptions _model = new();
    private readonly DataOptions _data = new();
    private readonly Option<int?> _keepRows = CommandOptions.Number("--keep-rows",
        "Keep the top N rows of the image, in pixels of the model's size [default: half of them].", 0, 256);
    private readonly Option<int[]?> _keepRowNumbers = CommandOptions.Numbers("--keep-row-numbers",
        "Keep these rows, in pixels of the model's size, numbered from 0: 0,1,8.", 0, "N,N, whole numbers separated by commas");
    private readonly Option<int[]?> _keepRectangle = CommandOptions.Numbers("--keep-rectangle",
        "Keep this rectangle, in pixels of the model's size: left, top, width, height.", 0, "X,Y,W,H, whole numbers separated by commas", "X,Y,W,H", count: 4);
    private readonly Option<int?> _completions = CommandOptions.Number("--completions",
        $"The number of completions of each image [default: as many as --seeds, or {DefaultCompletions}].", 1, 100);
    private readonly Option<bool> _inputSize = new("--input-size")
        { Description = "Compose the completions into the images at their original size, instead of the model's." };
    private readonly SamplingArguments _sampling = new("completions of an image");
    private readonly Option<int> _scale = CommandOptions.Number("--scale", "The side in pixels to which each pixel is enlarged in the grid.",
        1, 64, 4);
    private readonly Option<string> _out = new("--out")
        { Description = "The folder to write: a PNG file per completion, and grid.png with the kept part, the completions and the original of the first "
        + "images, side by side.", HelpName = "DIR", Required = true };

    internal CompleteCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "complete",
            $"Keep a part of each image, by default its upper half, and complete the rest with a model. The default --limit is {DefaultLimit} images.",
            "igpt complete --model model.zip --data photos --keep-rows 8 --completions 4 --out completed",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        _data.AddTo(this);
        foreach (var option in new Option[] { _keepRows, _keepRowNumbers, _keepRectangle, _completions, _inputSize })
        {
            Add(option);
        }

        _sampling.AddTo(this);
        Add(_scale);
        Add(_out.IsFolder());
        AddCommonOptions();
        Validators.Add(result =>
        {
            if (new Option[] { _keepRows, _keepRowNumbers, _keepRectangle }.Count(option => result.GetResult(option) is not null) > 1)
            {
                result.AddError("Use at most one of --keep-rows, --keep-row-numbers and --keep-rectangle.");
            }
        });
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = new PictureFolder(parsed.GetRequiredValue(_out));
        var context = CreateContext(parsed);
        var data = _data.Read(parsed).Open(context, _data.ReadLimit(parsed) ?? DefaultLimit, Skipped);
        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: true);
        RequireTokens(data, model.Config);
        var (options, completion) = CreateCompletion(context, parsed, model, data.HasTokens ? OriginalColumn : OpenedData.ImageColumn, cancellation);
        var pipeline = new EstimatorChain<ITransformer>();
        if (!data.HasTokens)
        {
            pipeline = pipeline.Append<ITransformer>(context.Transforms.QuantizeToPalette(TokensColumn, OpenedData.ImageColumn, model));
        }

        pipeline = pipeline.Append<ITransformer>(context.Transforms.DecodeFromPalette(OriginalColumn, TokensColumn, model.Palette));
        using var chain = pipeline.Append<ITransformer>(completion).Fit(data.View);
        var result = Terminal.Track(progress => Write(folder, chain.Transform(data.Watch(Completing, progress, cancellation)), options,
            parsed.GetValue(_scale), model.Config.ImageSize));
        WriteResult(parsed, result, [("images", $"{result.Images.Count:N0}"), ("completions of each", $"{options.Completions:N0}"),
            ("kept", $"{result.KeptPixels:N0} of {model.Config.ContextLength:N0} pixels"), ("grid", result.Grid ?? GridRows.TooLarge)]);
        return ExitCodes.Success;
    }

    private ImageCompletingEstimator.Options ReadOptions(ParseResult parsed, string inputColumn, CancellationToken cancellation)
        => _sampling.Read(parsed, new ImageCompletingEstimator.Options
        {
            InputColumnName = inputColumn,
            KeptRegion = ReadRegion(parsed),
            Completions = parsed.GetValue(_completions) ?? _sampling.CountSeeds(parsed) ?? DefaultCompletions,
            Size = parsed.GetValue(_inputSize) ? CompletionSize.Input : CompletionSize.Model,
            KeptColumnName = KeptColumn,
            CancellationToken = cancellation,
        });

    private KeptRegion ReadRegion(ParseResult parsed)
    {
        if (parsed.GetValue(_keepRows) is { } rows)
        {
            return KeptRegion.Rows(rows);
        }

        if (CommandOptions.Given(parsed, _keepRowNumbers) is { } numbers)
        {
            return KeptRegion.RowNumbers(numbers);
        }

        return CommandOptions.Given(parsed, _keepRectangle) is [var left, var top, var width, var height]
            ? KeptRegion.Rectangle(left, top, width, height)
            : KeptRegion.TopHalf;
    }

    private (ImageCompletingEstimator.Options Options, ImageCompletingEstimator Estimator) CreateCompletion(
        MLContext context, ParseResult parsed, ImageGptModel model, string inputColumn, CancellationToken cancellation)
    {
        try
        {
            var options = ReadOptions(parsed, inputColumn, cancellation);
            return (options, context.Transforms.CompleteImages(model, options));
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new UsageException(ErrorMessage.Of(e));
        }
    }

    private static CompleteResult Write(PictureFolder folder, IDataView completed, ImageCompletingEstimator.Options options, int scale, int size)
    {
        var names = completed.Schema[OpenedData.NameColumn];
        string[] completedNames = options.Completions == 1 ? [options.OutputColumnName]
            : [.. Enumerable.Range(1, options.Completions).Select(i => $"{options.OutputColumnName}{i}")];
        string[] shown = options.Size == CompletionSize.Model ? [KeptColumn, .. completedNames, OriginalColumn] : [.. completedNames, options.InputColumnName!];
        var pictures = new List<CompletedPicture>();
        using var rows = new GridRows(options.Size == CompletionSize.Model ? scale : 1);
        using (var cursor = completed.GetRowCursor([names, .. shown.Select(name => completed.Schema[name])]))
        {
            var getName = cursor.GetGetter<ReadOnlyMemory<char>>(names);
            var getters = shown.Select(name => cursor.GetGetter<MLImage>(completed.Schema[name])).ToList();
            ReadOnlyMemory<char> name = default;
            while (cursor.MoveNext())
            {
                getName(ref name);
                MLImage[] images = [.. getters.Select(Read)];
                var completions = images.Skip(options.Size == CompletionSize.Model ? 1 : 0).Take(options.Completions);
                pictures.Add(new CompletedPicture($"{name}",
                    [.. completions.Select((image, i) => folder.Write(PictureFolder.NameOf(pictures.Count + 1, $"{name}", i + 1), image))]));
                rows.Add(images);
            }
        }

        using var grid = rows.Create();
        var kept = options.KeptRegion.ToMask(size).Count(kept => kept);
        return new CompleteResult(grid is null ? null : folder.Write("grid.png", grid), kept, pictures);
    }

    /// <summary>Reads the row's image into a new variable, as a getter disposes the previous image of its variable.</summary>
    private static MLImage Read(ValueGetter<MLImage> getter)
    {
        MLImage image = null!;
        getter(ref image);
        return image;
    }
}
