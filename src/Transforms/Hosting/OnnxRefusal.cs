using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>
/// The answer to ML.NET's conversion to ONNX for what ONNX cannot do. Without one, the conversion ends at a transformer that cannot be converted, and
/// succeeds: its result begins behind that transformer.
/// </summary>
internal static class OnnxRefusal
{
    /// <summary>Creates the error.</summary>
    /// <param name="columns">The columns of the transformer.</param>
    /// <param name="reason">Why it cannot be converted, as a sentence; empty if there is no more to say.</param>
    internal static NotSupportedException Of(IEnumerable<DataViewSchema.DetachedColumn> columns, string reason = "")
    {
        var names = string.Join(", ", columns.Select(column => $"'{column.Name}'"));
        var why = reason.Length == 0 ? string.Empty : $" {reason}";
        return new NotSupportedException($"The transformer of the column {names} cannot be converted to ONNX.{why} To convert only what follows it, load its "
            + "output as plain data: ConvertToOnnx(trainedPart, mlContext.Data.Cache(transformer.Transform(data)), stream).");
    }
}
