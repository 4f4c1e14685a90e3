using System.Numerics.Tensors;
using IGptMl.Formats;
using IGptMl.Inference;
using IGptMl.Network;

namespace IGptMl.FineTuning;

/// <summary>The linear classifier on top of the network: d weights per class, no bias (Chen et al. 2020, section 2.3).</summary>
/// <param name="classes">The number of classes.</param>
/// <param name="embeddingSize">The width d of the network.</param>
/// <param name="weights">The weights, (classes, d), row-major.</param>
internal sealed class ClassificationHead(int classes, int embeddingSize, float[] weights)
{
    /// <summary>The name of the weights, as in Hugging Face's models.</summary>
    internal const string WeightName = "score.weight";

    internal int Classes => classes;

    /// <summary>The weights, (classes, d), row-major.</summary>
    internal ReadOnlySpan<float> Weights => weights;

    /// <summary>Computes the logits of the classes from the last layer's features: (rows, T) tokens → (rows, C).</summary>
    internal void Score(ImageGptExecutor executor, ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> logits)
    {
        var features = new float[rows * embeddingSize];
        executor.Features(tokens, rows, [executor.Config.Layers], mask, features);
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = TensorPrimitives.Dot(features.AsSpan(i / classes * embeddingSize, embeddingSize),
                Weights.Slice(i % classes * embeddingSize, embeddingSize));
        }
    }

    /// <summary>Writes the weights as safetensors.</summary>
    internal void Write(Stream stream)
    {
        var writer = new SafetensorsWriter(stream, [new WeightInfo(WeightName, WeightType.Float32, [classes, embeddingSize])]);
        writer.Write(WeightName, weights.AsSpan());
        writer.Complete();
    }

    /// <summary>Reads weights written by <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">The stream is damaged, or holds a head of another shape.</exception>
    internal static ClassificationHead Read(int classes, int embeddingSize, Stream stream, string source)
    {
        float[]? weights = null;
        SafetensorsReader.ReadAll(stream, source, data =>
        {
            if (data.Info.Name != WeightName || !data.Info.HasShape(classes, embeddingSize))
            {
                throw new InvalidDataException($"It holds {data.Info} instead of '{WeightName}' [{classes}, {embeddingSize}].");
            }

            weights = new float[data.Info.Count];
            data.ReadFloat32(weights);
        });
        return new ClassificationHead(classes, embeddingSize, weights
            ?? throw new InvalidDataException($"'{WeightName}' [{classes}, {embeddingSize}] is missing."));
    }
}
