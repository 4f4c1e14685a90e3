namespace IGptMl.Onnx;

/// <summary>An input or an output of a graph.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its sizes, outermost first: a number, or the name of a size that may vary from run to run.</param>
internal sealed record OnnxValue(string Name, OnnxType Type, params object[] Shape);
