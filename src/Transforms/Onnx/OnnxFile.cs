using IGptMl.Formats;

namespace IGptMl.Onnx;

/// <summary>A graph that is written to a file of ONNX (ModelProto; field numbers are those of onnx.proto).</summary>
/// <param name="opset">The version of the standard operators.</param>
/// <param name="isFloat16">Whether weights are stored in half precision. They are converted to single precision when the graph is loaded.</param>
internal sealed class OnnxFile(int opset, bool isFloat16 = false) : OnnxGraph
{
    /// <summary>The ending of the file of weights beside a graph whose weights it cannot hold.</summary>
    internal const string DataEnding = ".data";

    /// <summary>A protocol buffer message has at most 2 GiB; nodes need some of them.</summary>
    internal const long MostBytes = int.MaxValue - (64L << 20);

    // Smaller constants stay in the graph: shapes are inferred from some of them.
    private const int LeastExternal = 1024;

    private const int Alignment = 4096; // so that runtimes can map the file into memory

    private const int FormatVersion = 8;

    private readonly List<(string Name, OnnxTensor Tensor)> _tensors = [];
    private readonly ProtobufWriter _graph = new();
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, int> _repeats = [];

    /// <inheritdoc/>
    internal override int Opset => opset;

    /// <summary>Declares an input. Returns its name.</summary>
    internal string Input(OnnxValue value)
    {
        _names.Add(value.Name);
        _graph.Message(11, Describe(value));
        return value.Name;
    }

    /// <summary>Declares an output, which is a value of the graph under another name.</summary>
    internal void Output(string computed, OnnxValue value)
    {
        AddNode("Identity", [computed], [value.Name], []);
        _graph.Message(12, Describe(value));
    }

    /// <inheritdoc/>
    internal override string Add(string name, OnnxTensor tensor)
    {
        name = Unique(name);
        _tensors.Add((name, tensor));
        return name;
    }

    /// <inheritdoc/>
    internal override string Weight(string name, OnnxTensor tensor)
        => isFloat16 ? Cast(Add(name, tensor.ToFloat16()), OnnxType.Float) : Add(name, tensor);

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Nodes(string op, IReadOnlyList<string> inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => Unique(op.ToLowerInvariant()))];
        AddNode(op, inputs, names, attributes);
        return names;
    }

    /// <summary>Writes the graph, with its weights beside it in a file of their own if they are too large. Files are replaced when they are complete.</summary>
    /// <param name="path">The graph's path; the weights' has <see cref="DataEnding"/> behind it.</param>
    /// <param name="name">The graph's name.</param>
    /// <param name="metadata">Names and values for those who use the graph.</param>
    /// <param name="mostBytes">The most bytes of constants in the graph's file.</param>
    /// <exception cref="IOException">A file cannot be written; existing files stay as they are.</exception>
    internal void Write(string path, string name, IReadOnlyDictionary<string, string> metadata, long mostBytes = MostBytes)
    {
        if (_tensors.Sum(tensor => tensor.Tensor.ByteCount) <= mostBytes)
        {
            AtomicFile.Write(path, stream => WriteModel(stream, name, metadata, (message, tensor) => message.Start(9, tensor.ByteCount), _ => true));
            return;
        }

        var location = Path.GetFileName(path) + DataEnding;
        var offset = 0L;
        AtomicFile.Write(path + DataEnding, stream =>
        {
            foreach (var (tensorName, tensor) in _tensors.Where(tensor => IsExternal(tensor.Tensor)))
            {
                stream.Position = Aligned(stream.Position);
                tensor.Write(stream, tensorName);
            }
        });
        AtomicFile.Write(path, stream => WriteModel(stream, name, metadata, Locate, tensor => !IsExternal(tensor)));

        void Locate(ProtobufWriter message, OnnxTensor tensor)
        {
            if (!IsExternal(tensor))
            {
                message.Start(9, tensor.ByteCount);
                return;
            }

            offset = Aligned(offset);
            message.Message(13, Entry("location", location)).Message(13, Entry("offset", $"{offset}")).Message(13, Entry("length", $"{tensor.ByteCount}"))
                .Integer(14, 1);
            offset += tensor.ByteCount;
        }
    }

    private static bool IsExternal(OnnxTensor tensor) => tensor.ByteCount >= LeastExternal;

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private static ProtobufWriter Entry(string key, string value) => new ProtobufWriter().Text(1, key).Text(2, value);

    private static ProtobufWriter Describe(OnnxValue value)
    {
        var shape = new ProtobufWriter();
        foreach (var size in value.Shape)
        {
            shape.Message(1, size is string name ? new ProtobufWriter().Text(2, name) : new ProtobufWriter().Integer(1, Convert.ToInt64(size, null)));
        }

        var tensor = new ProtobufWriter().Integer(1, (long)value.Type).Message(2, shape);
        return new ProtobufWriter().Text(1, value.Name).Message(2, new ProtobufWriter().Message(1, tensor));
    }

    private static ProtobufWriter Describe(string name, object value)
    {
        var message = new ProtobufWriter().Text(1, name);
        switch (value)
        {
            case long integer:
                return message.Integer(3, integer).Integer(20, 2);
            case float number:
                return message.Single(2, number).Integer(20, 1);
            case string text:
                return message.Text(4, text).Integer(20, 3);
            default:
                foreach (var integer in (long[])value)
                {
                    message.Integer(8, integer);
                }

                return message.Integer(20, 7);
        }
    }

    private void AddNode(string op, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, (string Name, object Value)[] attributes)
    {
        var node = new ProtobufWriter();
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        foreach (var output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(3, outputs[0] + "_node").Text(4, op);
        foreach (var (name, value) in attributes)
        {
            node.Message(5, Describe(name, value));
        }

        _graph.Message(1, node);
    }

    /// <summary>Writes the model. The lengths of all messages are known before, so constants go straight from the weights to the file.</summary>
    private void WriteModel(Stream stream, string name, IReadOnlyDictionary<string, string> metadata, Action<ProtobufWriter, OnnxTensor> end,
        Func<OnnxTensor, bool> isInside)
    {
        var heads = new List<(ProtobufWriter Before, string Name, OnnxTensor Tensor)>();
        long length = 0;
        foreach (var (tensorName, tensor) in _tensors)
        {
            var message = new ProtobufWriter();
            foreach (var size in tensor.Shape)
            {
                message.Integer(1, size);
            }

            message.Integer(2, (long)tensor.Type).Text(8, tensorName);
            end(message, tensor);
            var content = isInside(tensor) ? tensor.ByteCount : 0;
            var before = new ProtobufWriter().Start(5, message.Written.Length + content);
            length += before.Written.Length + message.Written.Length + content;
            heads.Add((before.Append(message), tensorName, tensor));
        }

        var graph = new ProtobufWriter().Text(2, name).Append(_graph);
        var model = new ProtobufWriter().Integer(1, FormatVersion).Text(2, "IGptMl").Text(3, typeof(OnnxFile).Assembly.GetName().Version!.ToString(3))
            .Message(8, new ProtobufWriter().Text(1, string.Empty).Integer(2, opset));
        foreach (var (key, value) in metadata)
        {
            model.Message(14, Entry(key, value));
        }

        model.Start(7, graph.Written.Length + length);
        stream.Write(model.Written);
        stream.Write(graph.Written);
        foreach (var (before, tensorName, tensor) in heads)
        {
            stream.Write(before.Written);
            if (isInside(tensor))
            {
                tensor.Write(stream, tensorName);
            }
        }
    }

    private string Unique(string name)
    {
        var unique = name;
        while (!_names.Add(unique))
        {
            var repeat = _repeats[name] = _repeats.GetValueOrDefault(name) + 1;
            unique = $"{name}_{repeat}";
        }

        return unique;
    }
}
