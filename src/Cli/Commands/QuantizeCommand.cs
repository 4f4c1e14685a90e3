using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;

namespace IGptMl.Cli.Commands;

/// <summary>igpt quantize: writes the palette colors of images' pixels to a file.</summary>
internal sealed class QuantizeCommand : IgptCommand
{
    private const int DefaultSize = 32;

    private static readonly Activity Quantizing = new("Quantizing", "image");

    private readonly DataOptions _data = new();
    private readonly Option<string?> _model = new("--model")
        { Description = $"A model, whose palette, image size and cropping are used: {ModelOptions.Forms}.", HelpName = "FILE" };
    private readonly PaletteOptions _palette = new("The palette; also for a model without one");
    private readonly Option<int?> _imageSize = CommandOptions.Number("--image-size",
        $"Side of the square that images are resized to, in pixels; a model has its own [default: {DefaultSize}].", 1, 256);
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images are cropped to squares [default: the model's, or squash].",
        ImageCropping.Squash, ImageCropping.CenterCrop, ImageCropping.RandomCrop);
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "Seed of random crops.", 0, int.MaxValue, 1);
    private readonly Option<string> _out = CommandOptions.FilePath("--out",
        "The npy file to write: uint16 [images, size * size], raster order, colors numbered from 0. An existing file is replaced once it is complete.");

    internal QuantizeCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "quantize",
            "Write the palette colors of images, one index per pixel, as a model reads them.",
            "igpt quantize --data photos --palette kmeans_centers.npy --image-size 32 --out tokens.npy",
            terminal,
            verbose)
    {
        _data.AddTo(this);
        Add(_model);
        _palette.AddTo(this);
        Option[] options = [_imageSize, _crop, _seed, _out.EndsIn(".npy")];
        foreach (var option in options)
        {
            Add(option);
        }

        AddJsonOption();
        Validators.Add(result =>
        {
            var hasModel = result.GetResult(_model) is not null;
            if (!hasModel && !_palette.IsGiven(result))
            {
                result.AddError("Give the palette by --palette or --model.");
            }

            if (hasModel && result.GetResult(_imageSize) is not null)
            {
                result.AddError("--image-size is only for --palette; a model has an image size of its own.");
            }
        });
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        OutputFile.Check(path);
        var context = CreateContext(parsed, parsed.GetValue(_seed));
        var data = _data.Read(parsed).Open(context, _data.ReadLimit(parsed), Skipped);
        var quantizer = CreateQuantizer(parsed, context, cancellation).Fit(data.View);
        Terminal.Track(progress =>
        {
            var tokens = quantizer.Transform(data.Watch(Quantizing, progress, cancellation));
            OutputFile.Write(path, stream => context.Data.SaveAsNpy(tokens, stream, TokensColumn));
            return path;
        });

        var result = new QuantizeResult(path, data.ReadCount, quantizer.ImageSize, quantizer.ImageSize * quantizer.ImageSize, quantizer.Palette.Count,
            quantizer.Cropping);
        WriteResult(parsed, result, [("file", path), ("images", $"{result.Images:N0} of {result.ImageSize}x{result.ImageSize} pixels"),
            ("colors", $"{result.Colors:N0}")]);
        return ExitCodes.Success;
    }

    private PaletteQuantizingEstimator CreateQuantizer(ParseResult parsed, MLContext context, CancellationToken cancellation)
    {
        var crop = parsed.GetValue(_crop);
        if (parsed.GetValue(_model) is not { } path)
        {
            return context.Transforms.QuantizeToPalette(TokensColumn, OpenedData.ImageColumn, _palette.Load(parsed, Terminal)!,
                parsed.GetValue(_imageSize) ?? DefaultSize, crop ?? ImageCropping.Squash);
        }

        using var model = _palette.LoadModelWithPalette(path, parsed, Terminal, cancellation);
        return context.Transforms.QuantizeToPalette(TokensColumn, OpenedData.ImageColumn, model, crop);
    }
}
