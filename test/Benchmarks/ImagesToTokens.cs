using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Benchmarks;

/// <summary>
/// Reads a folder of image files to tokens at 32 x 32, compared with ML.NET's transforms from the same files to resized pixels, without quantization.
/// </summary>
internal static class ImagesToTokens
{
    private const int Side = 32;
    private const int RoundCount = 5;

    internal static void Run(string folder, string palettePath)
    {
        var ml = new MLContext(seed: 1);
        var palette = Palette.Load(palettePath);
        var images = ml.Data.LoadImageFolder(folder);
        var count = images.GetRowCount() ?? throw new InvalidOperationException("A folder knows its images.");
        var names = images.GetColumn<string>("Name").Select(name => new ImageFile { Path = Path.Combine(folder, name) }).ToArray();
        var files = ml.Data.LoadFromEnumerable(names);

        var ours = ml.Transforms.QuantizeToPalette("Tokens", "Image", palette, Side).Fit(images).Transform(images);
        var theirs = ml.Transforms.LoadImages("Image", string.Empty, nameof(ImageFile.Path))
            .Append(ml.Transforms.ResizeImages("Image", Side, Side, "Image", ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image"))
            .Fit(files).Transform(files);
        var seconds = Rounds.Measure(
            RoundCount,
            () => Read<VBuffer<ushort>>(ours, "Tokens", count),
            () => Read<VBuffer<float>>(theirs, "Pixels", count),
            () => Read<MLImage>(images, "Image", count));
        Report("ours, to tokens", seconds[0]);
        Report("ML.NET, to pixels", seconds[1]);
        Report("ours, decoding alone", seconds[2]);
        var (faster, busy) = (seconds[1].Elapsed / seconds[0].Elapsed, seconds[0].Processor / seconds[1].Processor);
        Console.WriteLine($"ours is {faster:F2} times as fast, with {busy:F2} of the processor time");

        void Report(string what, (double Elapsed, double Processor) time)
            => Console.WriteLine($"{what,-21} {count / time.Elapsed,7:N0} images/s; {1e6 * time.Processor / count,5:F0} us of processor time an image");
    }

    private static void Read<T>(IDataView view, string name, long count)
    {
        var column = view.Schema[name];
        using var cursor = view.GetRowCursor([column]);
        var getter = cursor.GetGetter<T>(column);
        T values = default!;
        var rows = 0L;
        while (cursor.MoveNext())
        {
            getter(ref values);
            rows++;
        }

        if (rows != count)
        {
            throw new InvalidOperationException($"{rows} rows of {count}.");
        }
    }

    private sealed class ImageFile
    {
        public string Path { get; set; } = string.Empty;
    }
}
