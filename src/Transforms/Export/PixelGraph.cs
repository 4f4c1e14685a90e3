using IGptMl.Images;
using IGptMl.Onnx;

namespace IGptMl.Export;

/// <summary>Adds to a graph what comes before the network: resizing images, and the nearest colors of pixels.</summary>
internal static class PixelGraph
{
    /// <summary>Images (N, height, width, 3) uint8, RGB → tokens (N, size²) int64.</summary>
    internal static string Tokens(OnnxGraph graph, string images, int size, ImageCropping cropping, Palette palette)
    {
        var squares = Resize(graph, images, graph.Integers(size, size));
        if (cropping == ImageCropping.CenterCrop)
        {
            squares = Crop(graph, images, squares, size);
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

    /// <summary>Resizes images, (N, height, width, 3), to sizes (2): height and width.</summary>
    /// <remarks>Sizes are given for all axes, as ONNX Runtime 1.31's optimizer breaks a Resize between transpositions that has the attribute axes.</remarks>
    private static string Resize(OnnxGraph graph, string images, string sizes)
    {
        var count = graph.Slice(graph.Node("Shape", [images]), 0, 0, 1);
        var all = graph.Node("Concat", [count, sizes, graph.Integers(3)], ("axis", 0L));
        return graph.Node("Resize", [images, string.Empty, string.Empty, all],
            ("mode", "linear"), ("antialias", 1L), ("coordinate_transformation_mode", "half_pixel"));
    }

    /// <summary>As <see cref="CropWindow.Center"/>: an image that already has the size of the square is not cropped.</summary>
    private static string Crop(OnnxGraph graph, string images, string whole, int size)
    {
        var side = graph.Integers(CropWindow.Side);
        var sizes = graph.Slice(graph.Node("Shape", [images]), 0, 1, 3); // height, width
        var least = graph.Reduce("ReduceMin", sizes, 0, keeps: true);
        var resized = graph.Binary("Div", graph.Binary("Mul", sizes, side), least); // integers, so the longer side is rounded down
        var rest = graph.Cast(graph.Binary("Sub", resized, side), OnnxType.Float);
        var start = graph.Cast(graph.Node("Round", [graph.Binary("Mul", rest, graph.Number(0.5f))]), OnnxType.Int64); // halves are rounded to even
        var window = graph.Node("Slice", [Resize(graph, images, resized), start, graph.Binary("Add", start, side), graph.Integers(1, 2)]);
        var squares = Resize(graph, window, graph.Integers(size, size));

        var distance = graph.Node("Abs", [graph.Binary("Sub", sizes, graph.Integers(size))]);
        var isSquare = graph.Node("Equal", [graph.Sum(distance, 0), graph.Integers(0)]);
        return graph.Node("Where", [isSquare, whole, squares]);
    }
}
