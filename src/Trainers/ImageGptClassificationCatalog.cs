using System.Runtime.CompilerServices;
using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.Network;

namespace Microsoft.ML;

/// <summary>Extension methods for the multiclass classification trainers to create instances of Image GPT's trainer.</summary>
public static class ImageGptClassificationCatalog
{
    /// <summary>Create an <see cref="ImageGptFineTuneTrainer"/>, which fine-tunes a copy of a pretrained Image GPT to classify images.</summary>
    /// <param name="catalog">The trainers' catalog.</param>
    /// <param name="model">The pretrained model, which does not change.</param>
    /// <param name="labelColumnName">The column of classes, a key of UInt32.</param>
    /// <param name="inputColumnName">The token column, as QuantizeToPalette gives it for the model's palette.</param>
    /// <param name="epochs">The most passes over the training rows.</param>
    /// <param name="batchSize">The number of images a step.</param>
    /// <param name="learningRate">The learning rate, about a tenth of pretraining's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range; all are reported together.</exception>
    public static ImageGptFineTuneTrainer ImageGptFineTune(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageGptModel model, string labelColumnName = "Label", string inputColumnName = "Tokens", int epochs = 20, int batchSize = 128, double learningRate = 0.0003)
        => catalog.ImageGptFineTune(model, new ImageGptFineTuneTrainer.Options { LabelColumnName = labelColumnName, InputColumnName = inputColumnName, Epochs = epochs, BatchSize = batchSize, LearningRate = learningRate });

    /// <summary>Create an <see cref="ImageGptFineTuneTrainer"/> with advanced options.</summary>
    /// <param name="catalog">The trainers' catalog.</param>
    /// <param name="model">The pretrained model, which does not change.</param>
    /// <param name="options">The advanced options.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    [OverloadResolutionPriority(1)] // so that new() { … } means options
    public static ImageGptFineTuneTrainer ImageGptFineTune(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageGptModel model, ImageGptFineTuneTrainer.Options options)
        => new(CatalogEnvironment.Of(catalog), model, options);
}
