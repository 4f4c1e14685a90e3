using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Commands;

/// <summary>igpt sample: samples images from a model.</summary>
internal sealed class SampleCommand : IgptCommand
{
    private const int DefaultCount = 16, MostGridPictures = 1024;

    private static readonly Activity Drawing = new("Drawing", "token");

    private readonly ModelOptions _model = new();
    private readonly Option<int?> _count = CommandOptions.Number("--count", $"The number of pictures [default: as many as --seeds, or {DefaultCount}].", 1,
        100_000);
    private readonly SamplingArguments _sampling = new("pictures");
    private readonly Option<int> _scale = CommandOptions.Number("--scale", "The side in pixels to which each pixel is enlarged in the grid.",
        1, 64, 4);
    private readonly Option<string> _out = new("--out")
        { Description = "The folder to write: a PNG file per image, and the first ones, up to a thousand, in grid.png.", HelpName = "DIR", Required = true };

    internal SampleCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "sample",
            "Sample images from a model, pixel by pixel.",
            "igpt sample --model model.zip --count 64 --temperature 0.95 --out pictures",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        Add(_count);
        _sampling.AddTo(this);
        Add(_scale);
        Add(_out.IsFolder());
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = new PictureFolder(parsed.GetRequiredValue(_out));
        var context = CreateContext(parsed);
        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: true);
        var count = parsed.GetValue(_count) ?? _sampling.CountSeeds(parsed) ?? DefaultCount;
        if (_sampling.CountSeeds(parsed) is { } seeds && seeds != count)
        {
            throw new UsageException($"--seeds are {seeds}; expected {count}, as --count says.");
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var pictures = Terminal.Track(progress => context.ImageGeneration.Sample(model, count, _sampling.Read(parsed, new SamplingOptions
        {
            CancellationToken = cancellation,
            Progress = new Relay<SamplingProgress>(p => progress.Report(new Advance(Drawing, p.Done, p.Total,
                $"{p.TokensPerSecond:N0} tokens/s, {p.TimeLeft:h\\:mm\\:ss} left"))),
        })));
        var speed = (double)count * model.Config.ContextLength / clock.Elapsed.TotalSeconds;
        var (files, grid) = Write(folder, pictures, count, parsed.GetValue(_scale));
        WriteResult(parsed, new SampleResult(grid, Math.Round(speed, 1), files),
            [("pictures", $"{count:N0} of {model.Config.ImageSize}x{model.Config.ImageSize} pixels"), ("speed", $"{speed:N0} tokens/s"),
                ("grid", grid ?? GridRows.TooLarge)]);
        return ExitCodes.Success;
    }

    private static (List<SampledPicture> Files, string? Grid) Write(PictureFolder folder, IDataView pictures, int count, int scale)
    {
        var digits = Math.Max(3, $"{count}".Length);
        var files = new List<SampledPicture>();
        var columns = (int)Math.Ceiling(Math.Sqrt(Math.Min(count, MostGridPictures)));
        using var rows = new GridRows(scale);
        var row = new List<MLImage>();
        using (var cursor = pictures.GetRowCursor(pictures.Schema))
        {
            var getImage = cursor.GetGetter<MLImage>(pictures.Schema["Image"]);
            var getSeed = cursor.GetGetter<int>(pictures.Schema["Seed"]);
            var seed = 0;
            while (cursor.MoveNext())
            {
                MLImage image = null!; // a new variable per row, as a getter disposes the previous image of its variable
                getImage(ref image);
                getSeed(ref seed);
                files.Add(
                    new SampledPicture(
                    folder.Write($"sample-{(files.Count + 1).ToString($"D{digits}", System.Globalization.CultureInfo.InvariantCulture)}.png", image), seed));
                row.Add(image);
                if (row.Count == columns || files.Count == count)
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
        }

        using var grid = rows.Create();
        return (files, grid is null ? null : folder.Write("grid.png", grid));
    }
}
