using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.PhotoClassifier;

/// <content>Evaluation on photographs that were not used for training.</content>
public static partial class PhotoModel
{
    /// <summary>Evaluates the model in <see cref="MLNetModelPath"/> on a folder.</summary>
    /// <param name="photosFolder">A folder with one subfolder per class, named as in training.</param>
    public static MulticlassClassificationMetrics Evaluate(string photosFolder)
    {
        var mlContext = CreateContext();
        var mlModel = mlContext.Model.Load(MLNetModelPath, out _);
        using var owner = mlModel as IDisposable;
        return EvaluateModel(mlContext, mlModel, LoadPhotos(mlContext, FindPhotos(mlContext, photosFolder)));
    }

    /// <summary>Evaluates a model in memory.</summary>
    public static MulticlassClassificationMetrics EvaluateModel(MLContext mlContext, ITransformer mlModel, IDataView photos)
        => mlContext.MulticlassClassification.Evaluate(mlModel.Transform(photos));

    /// <summary>The metrics as text, with the confusion matrix.</summary>
    public static string Describe(MulticlassClassificationMetrics metrics)
        => $"""
            accuracy of all photographs  {metrics.MicroAccuracy:P1}
            mean accuracy of the classes {metrics.MacroAccuracy:P1}
            log-loss                     {metrics.LogLoss:F3}

            {metrics.ConfusionMatrix.GetFormattedConfusionTable()}
            """;
}
