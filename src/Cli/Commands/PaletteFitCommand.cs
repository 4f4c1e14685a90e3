using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;

namespace IGptMl.Cli.Commands;

/// <summary>igpt palette fit: learns a palette from images.</summary>
internal sealed class PaletteFitCommand : IgptCommand
{
    private static readonly Activity Learning = new("Learning the palette", "image");

    private readonly DataOptions _data = new();
    private readonly Option<string> _out = CommandOptions.FilePath("--out",
        "The file to write: npy, float32 [colors, 3] in [-1, 1], like OpenAI's kmeans_centers.npy. An existing file is replaced.");
    private readonly Option<int> _colors = CommandOptions.Number("--colors", "The number of colors.", Palette.MinCount, Palette.MaxCount, 512);
    private readonly Option<int> _imageSize = CommandOptions.Number("--image-size", "Side of the square that images are resized to, in pixels.", 1, 256, 32);
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images are cropped to squares [default: squash].", ImageCropping.Squash,
        ImageCropping.CenterCrop, ImageCropping.RandomCrop);
    private readonly Option<int> _pixels = CommandOptions.Number("--pixels", "Pixels for k-means, drawn from all images.", 1000, 100_000_000, 250_000);
    private readonly Option<int> _iterations = CommandOptions.Number("--iterations", "Maximum number of iterations of k-means.", 1, 10_000, 20);
    private readonly Option<int> _seed = CommandOptions.Number("--seed",
        "Seed of the drawn pixels and of k-means; the same seed gives the same palette.", 0, int.MaxValue, 1);

    internal PaletteFitCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "fit",
            "Learn a palette by k-means over pixels drawn from all images, and report its inertia and mean color error.",
            "igpt palette fit --data photos --colors 512 --out palette.npy",
            terminal,
            verbose)
    {
        _data.AddTo(this);
        foreach (var option in new Option[] { _out.EndsIn(".npy"), _colors, _imageSize, _crop, _pixels, _iterations, _seed })
        {
            Add(option);
        }

        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        OutputFile.Check(path);
        var context = CreateContext(parsed);
        var data = _data.Read(parsed).Open(context, _data.ReadLimit(parsed), Skipped);
        var estimator = context.Transforms.QuantizeToPalette(new PaletteQuantizingEstimator.Options
        {
            OutputColumnName = TokensColumn,
            InputColumnName = OpenedData.ImageColumn,
            ImageSize = parsed.GetValue(_imageSize),
            Cropping = parsed.GetValue(_crop) ?? ImageCropping.Squash,
            Colors = parsed.GetValue(_colors),
            SampledPixels = parsed.GetValue(_pixels),
            MaximumNumberOfIterations = parsed.GetValue(_iterations),
            Seed = parsed.GetValue(_seed),
        });
        var quantizer = Terminal.Track(progress => estimator.Fit(data.Watch(Learning, progress, cancellation)));
        quantizer.Palette.Save(path);
        if (Palette.Load(path).AssumedRange is not null)
        {
            Terminal.Say("All colors are so light that the range of the file's values cannot be detected. Use it with --palette-range -1..1.");
        }

        var result = PaletteFitResult.Of(path, data.ReadCount, quantizer.Palette, quantizer.Learning!);
        WriteResult(parsed, result, result.Facts);
        return ExitCodes.Success;
    }
}
