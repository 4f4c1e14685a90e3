using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Features;

/// <summary>The feature columns, from which the schemas of both the estimator and the transformer come.</summary>
internal static class FeatureColumns
{
    internal static IReadOnlyList<BatchedColumn> Create(ImageGptConfig config, IReadOnlyList<ImageGptFeatureColumn> columns)
    {
        var result = new List<BatchedColumn>(columns.Count);
        var start = 0;
        foreach (var column in columns)
        {
            var length = column.Layers.Count * config.EmbeddingSize;
            var names = column.Layers
                .SelectMany(layer => Enumerable.Range(0, config.EmbeddingSize).Select(i => $"Layer{layer}.{i}".AsMemory()))
                .ToArray();
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(
                AnnotationNames.SlotNames,
                new VectorDataViewType(TextDataViewType.Instance, length),
                (ref VBuffer<ReadOnlyMemory<char>> value) => new VBuffer<ReadOnlyMemory<char>>(length, names).CopyTo(ref value));
            var definition = new DataViewSchema.DetachedColumn(column.Name, new VectorDataViewType(NumberDataViewType.Single, length),
                annotations.ToAnnotations());
            result.Add(BatchedColumn.Vector(definition, start, length));
            start += length;
        }

        return result;
    }
}
