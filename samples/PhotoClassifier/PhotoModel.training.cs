using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace IGptMl.Samples.PhotoClassifier;

/// <summary>A classifier of photographs, with the same parts as a project of Model Builder: training, consumption, evaluation.</summary>
public static partial class PhotoModel
{
    /// <summary>Learns to classify photographs, and saves the pipeline from the bytes of a file to a class name as one zip.</summary>
    /// <param name="photosFolder">A folder with one subfolder per class.</param>
    /// <param name="zipPath">The zip to write.</param>
    /// <param name="released">
    /// A pretrained model, which the caller owns; null to pretrain a small one on these photographs, without their labels.
    /// </param>
    /// <param name="steps">The number of pretraining steps of 16 photographs.</param>
    public static void Train(string photosFolder, string zipPath, ImageGptModel? released = null, long steps = 2_000)
    {
        var ml = new MLContext(seed: 1);
        var photos = LoadPhotos(ml, photosFolder);
        using var pretrained = released is null ? Pretrain(ml, ml.Data.LoadImageFolder(photosFolder), steps) : null;
        using var model = BuildPipeline(ml, released ?? pretrained!.Model).Fit(photos);
        ml.Model.Save(model, photos.Schema, zipPath);
    }

    /// <summary>The photographs of a folder, each with the name of its subfolder. A file is read when its row is read.</summary>
    public static IDataView LoadPhotos(MLContext ml, string photosFolder)
    {
        string[] endings = [".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".webp"];
        var files = Directory.EnumerateFiles(photosFolder, "*", SearchOption.AllDirectories)
            .Where(file => endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToList();
        return ml.Data.LoadFromEnumerable(files.Select(file => new ModelInput
        {
            ImageSource = File.ReadAllBytes(file), Label = Path.GetFileName(Path.GetDirectoryName(file))!,
        }));
    }

    /// <summary>Creates the pipeline from the bytes of a file to a class name. Features come from the middle of the network, where they are best.</summary>
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
                Console.WriteLine($"step {p.Step:N0} of {p.Steps:N0}: {p.MeanLoss:F3} nats per token, {p.TimeLeft:h\\:mm\\:ss} left");
            }
        });
        return ml.ImageGeneration.Trainers.ImageGpt("Tokens", new()
        {
            Model = config,
            Steps = steps,
            BatchSize = 16,
            Optimizer = ImageGptOptimizer.Muon,
            LearningRate = 0.004,
            Progress = progress,
        })
            .Fit(quantizer.Transform(photos));
    }
}
