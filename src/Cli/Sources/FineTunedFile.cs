using Microsoft.ML;

namespace IGptMl.Cli.Sources;

/// <summary>A saved pipeline with a fine-tuned network.</summary>
internal sealed class FineTunedFile : IDisposable
{
    private readonly ITransformer _pipeline;

    private FineTunedFile(ITransformer pipeline, ImageGptClassificationTransformer classifier)
    {
        _pipeline = pipeline;
        Classifier = classifier;
    }

    /// <summary>The pipeline's fine-tuned network; the pipeline owns it.</summary>
    internal ImageGptClassificationTransformer Classifier { get; }

    /// <summary>Loads the pipeline.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is something else, or has no fine-tuned network.</exception>
    internal static FineTunedFile Load(MLContext context, string path)
    {
        var pipeline = ClassifierFile.LoadPipeline(context, path);
        if (Find(pipeline) is { } classifier)
        {
            return new FineTunedFile(pipeline, classifier);
        }

        (pipeline as IDisposable)?.Dispose();
        throw new InvalidDataException($"'{path}' has no fine-tuned network: expected a pipeline that igpt finetune wrote. For a probe, export its features "
            + "with --what features, or convert the pipeline in .NET with mlContext.Model.ConvertToOnnx.");
    }

    /// <inheritdoc/>
    public void Dispose() => (_pipeline as IDisposable)?.Dispose();

    private static ImageGptClassificationTransformer? Find(ITransformer transformer) => transformer switch
    {
        ImageGptClassificationTransformer classifier => classifier,
        IEnumerable<ITransformer> chain => chain.Select(Find).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
