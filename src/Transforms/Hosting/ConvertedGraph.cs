using IGptMl.Onnx;
using Microsoft.ML.Model.OnnxConverter;

namespace IGptMl.Hosting;

/// <summary>The graph that ML.NET's conversion to ONNX builds.</summary>
/// <param name="context">The conversion.</param>
internal sealed class ConvertedGraph(OnnxContext context) : OnnxGraph
{
    /// <summary>The version of the operators that is needed; ML.NET's conversion writes it by default, and none above it.</summary>
    internal const int LeastOpset = 12;

    private const string StandardOperators = "";

    /// <inheritdoc/>
    internal override int Opset => LeastOpset;

    /// <inheritdoc/>
    internal override string Add(string name, OnnxTensor tensor)
    {
        var shape = tensor.Shape is [] ? [1] : tensor.Shape; // ML.NET adds no constant without sizes
        return tensor.Type == OnnxType.Int64
            ? context.AddInitializer(tensor.Integers(), shape, context.GetNodeName(name))
            : context.AddInitializer(tensor.Floats(), shape, context.GetNodeName(name));
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Nodes(string op, IReadOnlyList<string> inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => context.AddIntermediateVariable(null, op, true))];
        AddNode(op, inputs, names, attributes);
        return names;
    }

    /// <summary>Gives a value to a column, which later transformers read.</summary>
    internal void Assign(string value, Microsoft.ML.DataViewSchema.DetachedColumn column)
        => AddNode("Identity", [value], [context.AddIntermediateVariable(column.Type, column.Name, false)], []);

    /// <summary>The value of a column.</summary>
    internal string Column(string name) => context.GetVariableName(name);

    private void AddNode(string op, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, (string Name, object Value)[] attributes)
    {
        var node = context.CreateNode(op, inputs, outputs, context.GetNodeName(op), StandardOperators);
        foreach (var (name, value) in attributes)
        {
            switch (value)
            {
                case long integer:
                    node.AddAttribute(name, integer);
                    break;
                case long[] integers:
                    node.AddAttribute(name, integers);
                    break;
                case float number:
                    node.AddAttribute(name, (double)number);
                    break;
                default:
                    node.AddAttribute(name, (string)value);
                    break;
            }
        }
    }
}
