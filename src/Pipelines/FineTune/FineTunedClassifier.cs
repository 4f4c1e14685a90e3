using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl;

/// <summary>A fine-tuned classifier from images to class names, with the progress of its training.</summary>
public sealed class FineTunedClassifier : IDisposable
{
    internal FineTunedClassifier(TransformerChain<ITransformer> transformer, ImageGptClassificationTransformer classification, FineTuningProgress progress)
    {
        Transformer = transformer;
        Classification = classification;
        Progress = progress;
    }

    /// <summary>
    /// The chain, for <c>mlContext.Model.Save</c>: it maps the column of images to <c>PredictedLabel</c>, <c>Score</c> and, if the label has class names,
    /// <c>PredictedClass</c>.
    /// </summary>
    public TransformerChain<ITransformer> Transformer { get; }

    /// <summary>The chain's transformer that classifies. The chain owns it.</summary>
    public ImageGptClassificationTransformer Classification { get; }

    /// <summary>The progress at the end of the training, with the best validation accuracy.</summary>
    public FineTuningProgress Progress { get; }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => Transformer.Dispose();
}
