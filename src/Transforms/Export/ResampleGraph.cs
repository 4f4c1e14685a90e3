using IGptMl.Images;
using IGptMl.Onnx;

namespace IGptMl.Export;

/// <summary>Adds the antialiased resize of <see cref="ImageResampler"/> to a graph, bit for bit: two matrix products of integers in double precision.</summary>
/// <remarks>ONNX's own Resize rounds weights elsewhere, and gives about one token of a hundred another color.</remarks>
internal sealed class ResampleGraph(OnnxGraph graph)
{
    private const long One = 1L << ResampleCoefficients.FractionBits;

    /// <summary>The sizes of images (N, height, width, 3): int64, each without dimensions.</summary>
    internal (string Height, string Width) SizesOf(string images)
    {
        var shape = graph.Node("Shape", [images]);
        return (Size(1), Size(2));

        string Size(long axis) => graph.Node("Gather", [shape, Scalar(axis)], ("axis", 0L));
    }

    /// <summary>An integer without dimensions.</summary>
    internal string Scalar(long value) => graph.Once($"integer_{value}", () => OnnxTensor.Of([value]));

    /// <summary>Resizes images and cuts a square from the result: (N, height, width, 3) double, 0 to 255 → (N, side, side, 3) double.</summary>
    /// <param name="images">The images.</param>
    /// <param name="rows">How rows are resized.</param>
    /// <param name="columns">How columns are resized.</param>
    /// <param name="side">The side of the square.</param>
    internal string Resize(string images, ResampledAxis rows, ResampledAxis columns, int side)
    {
        var between = Round(graph.Binary("MatMul", Weights(columns, side), images)); // (N, height, side, 3)
        var lines = graph.Reshape(between, 0, 0, 3L * side);
        return graph.Reshape(Round(graph.Binary("MatMul", Weights(rows, side), lines)), 0, side, side, 3);
    }

    /// <summary>The weights of <see cref="ResampleCoefficients"/>, (count, from): integers.</summary>
    private string Weights(ResampledAxis axis, int count)
    {
        var from = graph.Cast(axis.From, OnnxType.Double);
        var scale = graph.Binary("Div", from, graph.Cast(axis.To, OnnxType.Double));
        var support = graph.Binary("Max", scale, Double(1));
        var half = Double(0.5f);
        var places = graph.Once($"places_{count}", () => OnnxTensor.Of([.. Enumerable.Range(0, count).Select(i => (long)i)], count, 1));
        var outputs = graph.Cast(graph.Binary("Add", places, axis.Start), OnnxType.Double);
        var centers = graph.Binary("Mul", graph.Binary("Add", outputs, half), scale);
        var inputs = graph.Node("Range", [Double(0), from, Double(1)]);
        var distances = graph.Binary("Add", graph.Binary("Sub", inputs, centers), half);
        var scaled = graph.Node("Abs", [graph.Binary("Mul", distances, graph.Binary("Div", Double(1), support))]);
        var triangle = graph.Binary("Max", graph.Binary("Sub", Double(1), scaled), Double(0));
        var sums = graph.Reshape(graph.Sum(triangle, 1), count, 1);
        var shares = graph.Binary("Mul", graph.Binary("Div", triangle, sums), Double(One));
        return graph.Node("Floor", [graph.Binary("Add", shares, half)]);
    }

    private string Round(string sums)
    {
        var shifted = graph.Node("Floor", [graph.Binary("Div", graph.Binary("Add", sums, Double(One / 2)), Double(One))]);
        return graph.Binary("Min", shifted, Double(255));
    }

    /// <summary>A number that single precision holds exactly, in double precision.</summary>
    private string Double(float value) => graph.Cast(graph.Number(value), OnnxType.Double);
}
