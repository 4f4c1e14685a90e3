using IGptMl.Images;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Benchmarks;

/// <summary>32 x 32 pictures in memory: CIFAR-10's training images from a folder, or the built-in ones.</summary>
internal static class Pixels
{
    internal const int Side = 32;

    /// <summary>R, G, B a pixel, one picture after the other, at most <paramref name="count"/> pictures.</summary>
    internal static byte[] Read(string? cifarFolder, int count)
    {
        var data = new MLContext(seed: 1).Data;
        var view = cifarFolder is null ? data.LoadShapes(count) : data.LoadCifar10(cifarFolder);
        var images = (int)Math.Min(count, view.GetRowCount() ?? 0);
        var rgb = new byte[images * 3 * Side * Side];
        using var cursor = view.GetRowCursor([view.Schema["Image"]]);
        var getter = cursor.GetGetter<MLImage>(view.Schema["Image"]);
        MLImage image = null!;
        for (var i = 0; i < images && cursor.MoveNext(); i++)
        {
            getter(ref image);
            ImagePixels.CopyRgb(image, rgb.AsSpan(i * 3 * Side * Side, 3 * Side * Side));
        }

        return rgb;
    }
}
