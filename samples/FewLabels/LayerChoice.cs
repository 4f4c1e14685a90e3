using Microsoft.ML;

namespace IGptMl.Samples.FewLabels;

/// <summary>The layer and the L2 weight with the best accuracy in cross-validation within the few labels.</summary>
internal sealed record LayerChoice(int Layer, float L2, double Accuracy)
{
    internal const int Folds = 4;

    private static readonly float[] Weights = [0.01f, 0.1f, 1];

    internal static LayerChoice Find(MLContext ml, ImageGptModel model, IDataView images)
    {
        // All layers in one pass. Only the features and the label are kept in memory.
        var layers = Enumerable.Range(1, model.Config.Layers).ToArray();
        var columns = layers.Select(layer => new ImageGptFeatureColumn($"Layer{layer}", layer)).ToArray();
        var pipeline = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(ml.Transforms.ExtractImageGptFeatures(model, new() { Columns = columns }))
            .Append(ml.Transforms.SelectColumns(["Label", .. columns.Select(column => column.Name)]));
        using var transformer = pipeline.Fit(images);
        var features = ml.Data.Cache(transformer.Transform(images));
        return layers.SelectMany(layer => Weights.Select(l2 => new LayerChoice(layer, l2, CrossValidate(ml, features, layer, l2))))
            .MaxBy(choice => choice.Accuracy)!;
    }

    internal static IEstimator<ITransformer> CreateTrainer(MLContext ml, float l2)
        => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: l2);

    private static double CrossValidate(MLContext ml, IDataView features, int layer, float l2)
    {
        var estimator = ml.Transforms.NormalizeMeanVariance("Features", $"Layer{layer}", fixZero: false).Append(CreateTrainer(ml, l2));
        return ml.MulticlassClassification.CrossValidate(features, estimator, Folds).Average(fold => fold.Metrics.MicroAccuracy);
    }
}
