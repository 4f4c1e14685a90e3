using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IGptMl.Tests.Export;

/// <summary>A file of ONNX in ONNX Runtime.</summary>
internal sealed class OnnxRun(string path) : IDisposable
{
    private readonly InferenceSession _session = new(path, new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR });

    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    public string Inputs => string.Join(' ', _session.InputMetadata.Select(Describe));

    public string Outputs => string.Join(' ', _session.OutputMetadata.Select(Describe));

    public static NamedOnnxValue Value<T>(string name, T[] values, params int[] shape)
        => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(values, shape));

    public T[] Run<T>(string output, params NamedOnnxValue[] inputs)
    {
        using var results = _session.Run(inputs, [output]);
        return [.. results[0].AsEnumerable<T>()];
    }

    public IReadOnlyDictionary<string, DenseTensor<float>> RunAll(IReadOnlyCollection<NamedOnnxValue> inputs)
    {
        using var results = _session.Run(inputs);
        return results.ToDictionary(result => result.Name, result => result.AsTensor<float>().ToDenseTensor());
    }

    public void Dispose() => _session.Dispose();

    private static string Describe(KeyValuePair<string, NodeMetadata> value)
    {
        var shape = value.Value.Dimensions.Zip(value.Value.SymbolicDimensions, (size, symbol) => size < 0 ? symbol : $"{size}");
        return $"{value.Key}:{value.Value.ElementType.Name}[{string.Join(',', shape)}]";
    }
}
