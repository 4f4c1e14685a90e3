using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Benchmarks;

/// <summary>From a folder of image files to tokens at 32 x 32, beside ML.NET's way from the same files to resized pixels, which is not yet tokens.</summary>
internal static class ImagesToTokens
{
    private const int Side = 32;
    private const int RoundCount = 5;

    internal static void Run(string folder, string palettePath)
    {
        var ml = new MLContext(seed: 1);
        var images = ml.Data.LoadImageFolder(folder);
        var count = images.GetRowCount() ?? throw new InvalidOperationException("A folder knows its images.");
        var names = images.GetColumn<string>("Name").Select(name => new ImageFile { Path = Path.Combine(folder, name) }).ToArray();
        var files = ml.Data.LoadFromEnumerable(names);

        var ours = ml.Transforms.QuantizeToPalette("Tokens", "Image", Palette.Load(palettePath), Side).Fit(images).Transform(images);
        var theirs = ml.Transforms.LoadImages("Image", string.Empty, nameof(ImageFile.Path))
            .Append(ml.Transforms.ResizeImages("Image", Side, Side, "Image", ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image"))
            .Fit(files).Transform(files);
        var seconds = Rounds.Median(RoundCount, () => Read<ushort>(ours, "Tokens", count), () => Read<float>(theirs, "Pixels", count));
        Console.WriteLine($"{count:N0} files; ours, to tokens: {count / seconds[0]:N0} images/s; ML.NET, to pixels: {count / seconds[1]:N0} images/s; ours is {seconds[1] / seconds[0]:F2} times as fast");
    }

    private static void Read<T>(IDataView view, string name, long count)
    {
        var column = view.Schema[name];
        using var cursor = view.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<T>>(column);
        VBuffer<T> values = default;
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
