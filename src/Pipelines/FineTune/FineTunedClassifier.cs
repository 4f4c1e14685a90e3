using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl;

/// <summary>A fine-tuned classifier from images to class names, and how it came about.</summary>
public sealed class FineTunedClassifier : IDisposable
{
    internal FineTunedClassifier(TransformerChain<ITransformer> transformer, ImageGptClassificationTransformer classification, FineTuningProgress progress)
    {
        Transformer = transformer;
        Classification = classification;
        Progress = progress;
    }

    /// <summary>
    /// The chain, for <c>mlContext.Model.Save</c>: the column of images to <c>PredictedLabel</c>, <c>Score</c> and, where the label knows the classes by name,
    /// <c>PredictedClass</c>.
    /// </summary>
    public TransformerChain<ITransformer> Transformer { get; }

    /// <summary>The link of the chain that classifies; it belongs to the chain.</summary>
    public ImageGptClassificationTransformer Classification { get; }

    /// <summary>Where the training ended, with the best validation accuracy.</summary>
    public FineTuningProgress Progress { get; }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => Transformer.Dispose();
}
