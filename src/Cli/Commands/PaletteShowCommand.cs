using System.CommandLine;
using System.Text;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Commands;

/// <summary>igpt palette show: draws a palette.</summary>
internal sealed class PaletteShowCommand : IgptCommand
{
    private readonly PaletteOptions _palette = new PaletteOptions("The palette").Required();
    private readonly Option<DataSource?> _data = CommandOptions.Data("--data",
        $"Images to draw before and after quantization: {DataSource.Syntax}. Without it, only the colors are drawn.", heldOut: false);
    private readonly Option<int> _limit = CommandOptions.Number("--limit",
        "Draw at most N images: the first N, or from a folder a fixed random sample.", 1, 1000, 12);
    private readonly Option<Encoding?> _encoding = CommandOptions.ListEncoding();
    private readonly Option<int> _imageSize = CommandOptions.Number("--image-size", "Side of the square that images are resized to, in pixels.", 1, 256, 32);
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images are cropped to squares [default: squash].", ImageCropping.Squash,
        ImageCropping.CenterCrop);
    private readonly Option<string> _out = CommandOptions.FilePath("--out", "The PNG file to write. An existing file is replaced.");

    internal PaletteShowCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "show",
            "Draw a palette's colors, by family and lightness, and images before and after quantization.",
            "igpt palette show --palette palette.npy --data photos --out palette.png",
            terminal,
            verbose)
    {
        _palette.AddTo(this);
        foreach (var option in new Option[] { _data, _limit, _encoding, _imageSize, _crop, _out.EndsIn(".png") })
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
        var palette = _palette.Load(parsed, Terminal)!;
        var images = parsed.GetValue(_data)?.In(parsed.GetValue(_encoding)).Open(CreateContext(parsed), parsed.GetValue(_limit), Skipped);
        PaletteMetrics? metrics = null;
        OutputFile.Write(path, stream => metrics = Draw(stream, palette, images, parsed, cancellation));
        var pixels = parsed.GetValue(_imageSize) * parsed.GetValue(_imageSize);
        var result = new PaletteShowResult(path, palette.Count, (int)((metrics?.Pixels ?? 0) / pixels), metrics?.MeanColorError);
        WriteResult(parsed, result, result.Facts);
        return ExitCodes.Success;
    }

    private PaletteMetrics? Draw(Stream stream, Palette palette, OpenedData? images, ParseResult parsed, CancellationToken cancellation)
    {
        if (images is null)
        {
            PaletteChart.Write(stream, palette);
            return null;
        }

        return PaletteChart.Write(
            stream,
            palette,
            images.Track(null, cancellation),
            OpenedData.ImageColumn,
            parsed.GetValue(_imageSize),
            parsed.GetValue(_crop) ?? ImageCropping.Squash,
            parsed.GetValue(_limit));
    }
}
