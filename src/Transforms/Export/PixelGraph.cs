using IGptMl.Images;
using IGptMl.Onnx;

namespace IGptMl.Export;

/// <summary>Adds to a graph what comes before the network: resizing images, and the nearest colors of pixels.</summary>
internal static class PixelGraph
{
    /// <summary>Images (N, height, width, 3) uint8, RGB → tokens (N, size²) int64.</summary>
    internal static string Tokens(OnnxGraph graph, string images, int size, ImageCropping cropping, Palette palette)
    {
        var resampling = new ResampleGraph(graph);
        var (height, width) = resampling.SizesOf(images);
        var channels = graph.Cast(images, OnnxType.Double);
        var (side, first) = (resampling.Scalar(size), resampling.Scalar(0));
        var squares = resampling.Resize(channels, new ResampledAxis(height, side, first), new ResampledAxis(width, side, first), size);
        if (cropping == ImageCropping.CenterCrop)
        {
            var isSquare = graph.Binary("And", graph.Binary("Equal", height, side), graph.Binary("Equal", width, side));
            squares = graph.Node("Where", [isSquare, squares, Crop(graph, resampling, channels, height, width, size)]);
        }

        var pixels = graph.Reshape(squares, 0, size * size, 3);
        var units = graph.Add("channel_units", OnnxTensor.Of(Palette.ChannelUnits.ToArray(), 256));
        var values = graph.Node("Gather", [units, graph.Cast(pixels, OnnxType.Int64)], ("axis", 0L));
        var parts = graph.Split(values, 2, 3, 1);
        return Nearest(graph, parts[0], parts[1], parts[2], palette);
    }

    /// <summary>
    /// The index of the nearest color, or the lowest of equally near ones: red, green and blue, each (N, P, 1) in [-1, 1] → (N, P) int64. Each operation is
    /// rounded by itself, as in the library.
    /// </summary>
    internal static string Nearest(OnnxGraph graph, string red, string green, string blue, Palette palette)
    {
        var distance = graph.Binary("Add", graph.Binary("Add", Square(red, 0), Square(green, 1)), Square(blue, 2));
        return graph.Node("ArgMin", [distance], ("axis", 2L), ("keepdims", 0L));

        string Square(string values, int channel)
        {
            var centers = Enumerable.Range(0, palette.Count).Select(i => palette.Centers.Span[(3 * i) + channel]).ToArray();
            var difference = graph.Binary("Sub", values, graph.Add($"palette_{"rgb"[channel]}", OnnxTensor.Of(centers, palette.Count)));
            return graph.Binary("Mul", difference, difference);
        }
    }

    /// <summary>As <see cref="CropWindow.Center"/>: resized so that the shorter side has 224 pixels, of which the middle is resized to the square.</summary>
    private static string Crop(OnnxGraph graph, ResampleGraph resampling, string channels, string height, string width, int size)
    {
        var window = resampling.Scalar(CropWindow.Side);
        var least = graph.Binary("Min", height, width);
        var middle = resampling.Resize(channels, Axis(height), Axis(width), CropWindow.Side);
        var whole = new ResampledAxis(window, resampling.Scalar(size), resampling.Scalar(0));
        return resampling.Resize(middle, whole, whole, size);

        ResampledAxis Axis(string from)
        {
            var to = graph.Binary("Div", graph.Binary("Mul", window, from), least); // of integers, so it is rounded down
            var rest = graph.Cast(graph.Binary("Sub", to, window), OnnxType.Float);
            var start = graph.Node("Round", [graph.Binary("Mul", rest, graph.Number(0.5f))]); // halves are rounded to even
            return new ResampledAxis(from, to, graph.Cast(start, OnnxType.Int64));
        }
    }
}
