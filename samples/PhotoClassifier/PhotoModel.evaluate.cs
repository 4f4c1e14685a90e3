using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.PhotoClassifier;

/// <content>Evaluation of the saved zip.</content>
public static partial class PhotoModel
{
    /// <summary>Evaluates the zip on photographs that were not used for training.</summary>
    /// <param name="zipPath">A zip that <see cref="Train"/> has saved.</param>
    /// <param name="photosFolder">A folder with one subfolder per class, named as in training.</param>
    public static MulticlassClassificationMetrics Evaluate(string zipPath, string photosFolder)
    {
        var ml = new MLContext(seed: 1);
        var model = ml.Model.Load(zipPath, out _);
        using var owner = model as IDisposable;
        return ml.MulticlassClassification.Evaluate(model.Transform(LoadPhotos(ml, photosFolder)));
    }

    /// <summary>The metrics as text, with the confusion matrix.</summary>
    public static string Describe(MulticlassClassificationMetrics metrics)
        => $"""
            accuracy of all photographs  {metrics.MicroAccuracy:P1}
            mean accuracy of the classes {metrics.MacroAccuracy:P1}
            log-loss                     {metrics.LogLoss:F3}

            {metrics.ConfusionMatrix.GetFormattedConfusionTable()}
            """;
}
