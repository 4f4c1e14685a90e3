using System.Runtime.CompilerServices;
using IGptMl;
using IGptMl.Hosting;

namespace Microsoft.ML;

/// <summary>Extension methods for the multiclass classification trainers to create instances of Image GPT's trainers.</summary>
public static class ImageGptClassificationCatalog
{
    /// <summary>Create an <see cref="ImageGptFineTuneTrainer"/>, which fine-tunes a copy of a pretrained Image GPT to classify images.</summary>
    /// <param name="catalog">The trainers' catalog.</param>
    /// <param name="model">The pretrained model, which does not change.</param>
    /// <param name="labelColumnName">The column of classes, a key of UInt32.</param>
    /// <param name="inputColumnName">The token column, as QuantizeToPalette outputs it for the model's palette.</param>
    /// <param name="epochs">The maximum number of epochs.</param>
    /// <param name="batchSize">The number of images per step.</param>
    /// <param name="learningRate">The learning rate, about a tenth of pretraining's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// var pipeline = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
    ///     .Append(ml.MulticlassClassification.Trainers.ImageGptFineTune(model, "Label", "Tokens", epochs: 1, batchSize: 4))
    ///     .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"));
    /// using var classifier = pipeline.Fit(images);
    /// ml.Model.Save(classifier, images.Schema, "classifier.zip");
    /// </code>
    /// </example>
    public static ImageGptFineTuneTrainer ImageGptFineTune(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageGptModel model,
        string labelColumnName = "Label", string inputColumnName = "Tokens", int epochs = 20, int batchSize = 128, double learningRate = 0.0003)
        => catalog.ImageGptFineTune(model, new ImageGptFineTuneTrainer.Options
            { LabelColumnName = labelColumnName, InputColumnName = inputColumnName, Epochs = epochs, BatchSize = batchSize, LearningRate = learningRate });

    /// <summary>Create an <see cref="ImageGptFineTuneTrainer"/> with advanced options.</summary>
    /// <param name="catalog">The trainers' catalog.</param>
    /// <param name="model">The pretrained model, which does not change.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// var options = new ImageGptFineTuneTrainer.Options { Epochs = 1, BatchSize = 4, LearningRate = 0.0005 };
    /// using var tuned = ml.MulticlassClassification.Trainers.ImageGptFineTune(model, options).Fit(tokens);
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)] // so that new() { … } means options
    public static ImageGptFineTuneTrainer ImageGptFineTune(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageGptModel model,
        ImageGptFineTuneTrainer.Options options)
        => new(CatalogEnvironment.Of(catalog), model, options);

    /// <summary>
    /// Create a <see cref="MaskVoteTrainer"/>, which fits a classifier to a masked model's features and classifies by a majority vote over several masks.
    /// </summary>
    /// <param name="catalog">The trainers' catalog.</param>
    /// <param name="model">The masked model. The transformer keeps its own handle.</param>
    /// <param name="classifier">Any multiclass trainer, or a chain that ends in one, which reads the column "Features" and, when fitted, the label.</param>
    /// <param name="labelColumnName">The column of classes, a key of UInt32.</param>
    /// <param name="inputColumnName">The token column, as QuantizeToPalette outputs it for the model's palette.</param>
    /// <param name="layers">The layers whose features the classifier reads, 0 to L; none means the middle one, L / 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model is autoregressive, or a layer is outside 0 … L.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var masked = ImageGptModel.Load("masked.zip");
    /// var linear = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy();
    /// var vote = ml.Transforms.QuantizeToPalette("Tokens", "Image", masked)
    ///     .Append(ml.MulticlassClassification.Trainers.ImageGptMaskVote(masked, linear));
    /// using var classifier = vote.Fit(images);
    /// </code>
    /// </example>
    public static MaskVoteTrainer ImageGptMaskVote(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageGptModel model,
        IEstimator<ITransformer> classifier, string labelColumnName = "Label", string inputColumnName = "Tokens", params int[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return catalog.ImageGptMaskVote(model, classifier, new MaskVoteTrainer.Options
            { LabelColumnName = labelColumnName, InputColumnName = inputColumnName, Layers = layers.Length == 0 ? null : layers });
    }

    /// <summary>Create a <see cref="MaskVoteTrainer"/> with advanced options.</summary>
    /// <param name="catalog">The trainers' catalog.</param>
    /// <param name="model">The masked model. The transformer keeps its own handle.</param>
    /// <param name="classifier">
    /// Any multiclass trainer, or a chain that ends in one, which reads the options' feature column and, when fitted, the label.
    /// </param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var masked = ImageGptModel.Load("masked.zip");
    /// var linear = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy();
    /// var vote = ml.MulticlassClassification.Trainers.ImageGptMaskVote(masked, linear, new() { Votes = 3 });
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)] // so that new() { … } means options
    public static MaskVoteTrainer ImageGptMaskVote(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageGptModel model,
        IEstimator<ITransformer> classifier, MaskVoteTrainer.Options options)
        => new(CatalogEnvironment.Of(catalog), model, classifier, options);
}
