using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace IGptMl.Samples.PhotoClassifier;

/// <summary>A classifier of photographs, in the parts that Model Builder makes: training, consumption, evaluation.</summary>
public static partial class PhotoModel
{
    /// <summary>Learns the classes of photographs, and saves the way from a file's bytes to a class name as one zip.</summary>
    /// <param name="photosFolder">One subfolder a class.</param>
    /// <param name="zipPath">The zip to write.</param>
    /// <param name="released">A model that others trained, which stays the caller's; null means to pretrain one on these photographs, without their labels.</param>
    /// <param name="steps">How many steps of 16 photographs to pretrain.</param>
    public static void Train(string photosFolder, string zipPath, ImageGptModel? released = null, long steps = 2_000)
    {
        var ml = new MLContext(seed: 1);
        var photos = LoadPhotos(ml, photosFolder);
        using var pretrained = released is null ? Pretrain(ml, ml.Data.LoadImageFolder(photosFolder), steps) : null;
        using var model = BuildPipeline(ml, released ?? pretrained!.Model).Fit(photos);
        ml.Model.Save(model, photos.Schema, zipPath);
    }

    /// <summary>The photographs of a folder, each with the name of its subfolder; a file is read when its row is.</summary>
    public static IDataView LoadPhotos(MLContext ml, string photosFolder)
    {
        string[] endings = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];
        var files = Directory.EnumerateFiles(photosFolder, "*", SearchOption.AllDirectories)
            .Where(file => endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToList();
        return ml.Data.LoadFromEnumerable(files.Select(file => new ModelInput { ImageSource = File.ReadAllBytes(file), Label = Path.GetFileName(Path.GetDirectoryName(file))! }));
    }

    /// <summary>From the bytes of a file to the name of its class. The features come from the middle of the network, where they tell most.</summary>
    public static EstimatorChain<KeyToValueMappingTransformer> BuildPipeline(MLContext ml, ImageGptModel pretrained)
        => ml.Transforms.Conversion.MapValueToKey(nameof(ModelInput.Label))
            .Append(ml.Transforms.DecodeImages("Image", nameof(ModelInput.ImageSource)))
            .Append(ml.Transforms.QuantizeToPalette("Tokens", "Image", pretrained))
            .Append(ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", pretrained))
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue(nameof(ModelOutput.PredictedClass), "PredictedLabel"));

    private static ImageGptTransformer Pretrain(MLContext ml, IDataView photos, long steps)
    {
        var config = ImageGptConfig.Tiny with { Colors = 256 };
        var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", new() { ImageSize = config.ImageSize, Colors = config.Colors }).Fit(photos);
        var progress = new Progress<TrainingProgress>(p =>
        {
            if (p.Step % 100 == 0)
            {
                Console.WriteLine($"step {p.Step:N0} of {p.Steps:N0}: {p.Loss:F3} nats per token, {p.TimeLeft:h\\:mm\\:ss} left");
            }
        });
        return ml.ImageGeneration.Trainers.ImageGpt("Tokens", new() { Model = config, Steps = steps, BatchSize = 16, LearningRate = 0.004, Progress = progress })
            .Fit(quantizer.Transform(photos));
    }
}
