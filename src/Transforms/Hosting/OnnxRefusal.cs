using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>
/// The answer to ML.NET's conversion to ONNX. Without one, the conversion ends at a transformer that cannot be converted, and succeeds: its result begins
/// behind that transformer.
/// </summary>
internal static class OnnxRefusal
{
    /// <summary>Creates the error.</summary>
    /// <param name="columns">The columns of the transformer.</param>
    internal static NotSupportedException Of(IEnumerable<DataViewSchema.DetachedColumn> columns)
    {
        var names = string.Join(", ", columns.Select(column => $"'{column.Name}'"));
        return new NotSupportedException($"The transformer of the column {names} cannot be converted to ONNX. To convert only what follows it, load its output "
            + "as plain data: ConvertToOnnx(trainedPart, mlContext.Data.Cache(transformer.Transform(data)), stream).");
    }
}
