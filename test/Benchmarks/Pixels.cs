using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Benchmarks;

/// <summary>32 x 32 images in memory: CIFAR-10's training images from a folder, or the built-in images.</summary>
internal static class Pixels
{
    internal const int Side = 32;

    /// <summary>The images as a data view, at most <paramref name="count"/>.</summary>
    internal static IDataView Load(MLContext ml, string? cifarFolder, int count)
        => cifarFolder is null ? ml.Data.LoadShapes(count) : ml.Data.TakeRows(ml.Data.LoadCifar10(cifarFolder), count);

    /// <summary>The R, G, B values of at most <paramref name="count"/> images, concatenated.</summary>
    internal static byte[] Read(string? cifarFolder, int count)
    {
        var view = Load(new MLContext(seed: 1), cifarFolder, count);
        var images = (int)(view.GetRowCount() ?? throw new InvalidOperationException("These images are counted."));
        var rgb = new byte[images * 3 * Side * Side];
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        for (var i = 0; i < images && cursor.MoveNext(); i++)
        {
            getter(ref image);
            var bgr = image.GetBGRPixels;
            for (int at = 0, to = i * bgr.Length; at < bgr.Length; at += 3, to += 3)
            {
                (rgb[to], rgb[to + 1], rgb[to + 2]) = (bgr[at + 2], bgr[at + 1], bgr[at]);
            }
        }

        return rgb;
    }
}
