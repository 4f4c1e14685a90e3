namespace IGptMl.Onnx;

/// <summary>A graph of ONNX operators that is being built. Values are named; each node is added behind the nodes that compute its inputs.</summary>
internal abstract class OnnxGraph
{
    private readonly Dictionary<string, string> _constants = [];

    /// <summary>The version of ONNX's standard operators, which some operators' forms depend on.</summary>
    internal abstract int Opset { get; }

    /// <summary>Adds a constant. Returns its name in the graph.</summary>
    internal abstract string Add(string name, OnnxTensor tensor);

    /// <summary>Adds a node of a standard operator with several outputs. Returns their names.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">The names of the inputs; an input that is left out is empty.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="attributes">Values are long, long[], float or string.</param>
    internal abstract IReadOnlyList<string> Nodes(string op, IReadOnlyList<string> inputs, int outputs, params (string Name, object Value)[] attributes);

    /// <summary>Adds a node with one output. Returns its name.</summary>
    internal string Node(string op, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes) => Nodes(op, inputs, 1, attributes)[0];

    /// <summary>Adds a matrix or a vector that was learned.</summary>
    internal virtual string Weight(string name, OnnxTensor tensor) => Add(name, tensor);

    /// <summary>A number. Equal constants are stored once.</summary>
    internal string Number(float value)
        => Once(FormattableString.Invariant($"number_{value:R}"), () => OnnxTensor.Of([value]));

    /// <summary>A list of integers. Equal constants are stored once.</summary>
    internal string Integers(params long[] values) => Once($"integers_{string.Join('_', values)}", () => OnnxTensor.Of(values, values.Length));

    /// <summary>a + b, a · b and so on.</summary>
    internal string Binary(string op, string left, string right) => Node(op, [left, right]);

    /// <summary>Converts to another type.</summary>
    internal string Cast(string input, OnnxType type) => Node("Cast", [input], ("to", (long)type));

    /// <summary>Changes the shape; 0 keeps a size, and -1 is inferred.</summary>
    internal string Reshape(string input, params long[] shape) => Node("Reshape", [input, Integers(shape)]);

    /// <summary>Changes the order of the axes.</summary>
    internal string Transpose(string input, params long[] order) => Node("Transpose", [input], ("perm", order));

    /// <summary>Reduces an axis with ReduceMean, ReduceMin or ReduceMax.</summary>
    internal string Reduce(string op, string input, int axis, bool keeps = false) => Opset >= 18
        ? Node(op, [input, Integers(axis)], ("keepdims", keeps ? 1L : 0L))
        : Node(op, [input], ("axes", new long[] { axis }), ("keepdims", keeps ? 1L : 0L));

    /// <summary>Sums an axis, whose form changed earlier than that of the other reductions.</summary>
    internal string Sum(string input, int axis) => Opset >= 13
        ? Node("ReduceSum", [input, Integers(axis)], ("keepdims", 0L))
        : Node("ReduceSum", [input], ("axes", new long[] { axis }), ("keepdims", 0L));

    /// <summary>Cuts the last axis into equal parts.</summary>
    internal IReadOnlyList<string> Split(string input, int axis, int parts, long size)
    {
        var sizes = Enumerable.Repeat(size, parts).ToArray();
        return Opset >= 13
            ? Nodes("Split", [input, Integers(sizes)], parts, ("axis", (long)axis))
            : Nodes("Split", [input], parts, ("axis", (long)axis), ("split", sizes));
    }

    /// <summary>The part from <paramref name="start"/> to before <paramref name="end"/> of an axis.</summary>
    internal string Slice(string input, int axis, long start, long end) => Node("Slice", [input, Integers(start), Integers(end), Integers(axis)]);

    /// <summary>The constant of a name, which is added at its first use.</summary>
    internal string Once(string name, Func<OnnxTensor> create)
    {
        if (!_constants.TryGetValue(name, out var known))
        {
            _constants.Add(name, known = Add(name, create()));
        }

        return known;
    }
}
