using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl.Completion;

/// <summary>The columns of completions, from which the schemas of both the estimator and the transformer come.</summary>
internal static class CompletionColumns
{
    internal static IEnumerable<DataViewSchema.DetachedColumn> Define(ImageCompletingEstimator.Options options, int imageSize)
    {
        foreach (var name in options.CompletedNames)
        {
            yield return options.Size == CompletionSize.Model ? ImageColumn.Define(name, imageSize, imageSize) : ImageColumn.Define(name);
        }

        if (options.KeptColumnName is { } kept)
        {
            yield return ImageColumn.Define(kept, imageSize, imageSize);
        }
    }

    /// <summary>Creates the columns. A row's values are the tokens of its completions, concatenated.</summary>
    internal static IReadOnlyList<BatchedColumn> Create(ImageCompletingEstimator.Options options, CompletedPixels pixels, Func<DataViewSchema,
        DataViewSchema.Column> findInput)
    {
        var definitions = Define(options, pixels.ImageSize).ToList();
        var completions = Enumerable.Range(0, options.Completions).Select(i => (BatchedColumn)(options.Size == CompletionSize.Model
            ? new CompletedImageColumn(definitions[i], pixels, i, pixels.CreateImage)
            : new ComposedImageColumn(definitions[i], pixels, i, findInput)));
        return options.KeptColumnName is null ? [.. completions]
            : [.. completions, new CompletedImageColumn(definitions[^1], pixels, 0, pixels.CreateKeptImage)];
    }
}
