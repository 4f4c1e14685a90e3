using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace IGptMl.Samples.PhotoClassifier;

/// <summary>A classifier of photographs, with the parts that a project of Model Builder has: settings, training, evaluation, consumption.</summary>
public static partial class PhotoModel
{
    /// <summary>Learns the classes of a folder, evaluates on photographs that were held out, then trains on all of them and saves the model.</summary>
    /// <param name="outputModelPath">The zip to write.</param>
    /// <param name="settings">The folder, and how much of it is held out.</param>
    /// <param name="released">
    /// A pretrained model, which the caller owns; null to pretrain a small one on the photographs that are not held out, without their labels.
    /// </param>
    /// <param name="steps">The number of pretraining steps of 16 photographs.</param>
    /// <returns>The metrics of the held-out photographs; null if the settings hold none out.</returns>
    public static MulticlassClassificationMetrics? Train(string outputModelPath, Settings settings, ImageGptModel? released = null, long steps = 2_000)
    {
        var mlContext = CreateContext();
        var photos = FindPhotos(mlContext, settings.PhotosFolder);
        var (training, heldOut) = Split(photos, settings.HeldOut);
        using var pretrained = released is null ? Pretrain(mlContext, training, steps) : null;
        var model = released ?? pretrained!.Model;

        MulticlassClassificationMetrics? metrics = null;
        if (heldOut.Count > 0)
        {
            Console.WriteLine($"Learning from {training.Count} photographs, evaluating on {heldOut.Count} others");
            using var part = RetrainModel(mlContext, LoadPhotos(mlContext, training), model);
            metrics = EvaluateModel(mlContext, part, LoadPhotos(mlContext, heldOut));
        }

        Console.WriteLine($"Learning from all {photos.Count} photographs");
        var data = LoadPhotos(mlContext, photos);
        using var mlModel = RetrainModel(mlContext, data, model);
        SaveModel(mlContext, mlModel, data, outputModelPath);
        return metrics;
    }

    /// <summary>Finds the photographs of a folder. Files that cannot be read are left out, with a warning.</summary>
    /// <exception cref="InvalidDataException">There are no photographs of at least two classes.</exception>
    public static IReadOnlyList<(string File, string Label)> FindPhotos(MLContext mlContext, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}'. Expected a folder of photographs with one subfolder per class.");
        }

        string[] endings = [".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".webp"];
        var files = Directory.EnumerateDirectories(folder)
            .SelectMany(sub => Directory.EnumerateFiles(sub, "*", SearchOption.AllDirectories))
            .Where(file => endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToList();
        var readable = files.Count == 0 ? []
            : mlContext.Data.LoadImageFiles(files, UnreadableImages.Skip).GetColumn<string>("Name").ToList();
        var photos = readable.Select(file => (file, ClassOf(folder, file))).ToList();
        var classes = photos.Select(photo => photo.Item2).Distinct().Count();
        return classes > 1 ? photos
            : throw new InvalidDataException($"'{folder}' has {photos.Count} readable photographs of {classes} classes; expected two classes or more.");
    }

    /// <summary>Photographs as data. A file is read when its row is read.</summary>
    public static IDataView LoadPhotos(MLContext mlContext, IReadOnlyList<(string File, string Label)> photos)
        => mlContext.Data.LoadFromEnumerable(photos.Select(photo => new ModelInput { ImageSource = File.ReadAllBytes(photo.File), Label = photo.Label }));

    /// <summary>Trains a model on photographs. Call it again with more photographs to train a new one.</summary>
    public static TransformerChain<KeyToValueMappingTransformer> RetrainModel(MLContext mlContext, IDataView trainData, ImageGptModel pretrained)
        => BuildPipeline(mlContext, pretrained).Fit(trainData);

    /// <summary>Saves a model.</summary>
    public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath)
        => mlContext.Model.Save(model, data.Schema, modelSavePath);

    /// <summary>Creates the pipeline from the bytes of a file to a class name. Features come from the middle of the network, where they are best.</summary>
    public static EstimatorChain<KeyToValueMappingTransformer> BuildPipeline(MLContext mlContext, ImageGptModel pretrained)
        => mlContext.Transforms.Conversion.MapValueToKey("Label", "Label")
            .Append(mlContext.Transforms.DecodeImages("Image", "ImageSource"))
            .Append(mlContext.Transforms.QuantizeToPalette("Tokens", "Image", pretrained))
            .Append(mlContext.Transforms.ExtractImageGptFeatures("Features", "Tokens", pretrained))
            .Append(mlContext.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .AppendCacheCheckpoint(mlContext)
            .Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Features"))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel", "PredictedLabel"));

    /// <summary>Holds out a share of each class, at random but always the same.</summary>
    private static (IReadOnlyList<(string File, string Label)> Training, IReadOnlyList<(string File, string Label)> HeldOut) Split(
        IReadOnlyList<(string File, string Label)> photos, double share)
    {
        var random = new Random(1);
        var heldOut = photos.GroupBy(photo => photo.Label)
            .SelectMany(group => group.OrderBy(_ => random.Next()).Take((int)Math.Floor(share * group.Count())))
            .ToHashSet();
        return ([.. photos.Where(photo => !heldOut.Contains(photo))], [.. photos.Where(heldOut.Contains)]);
    }

    private static ImageGptTransformer Pretrain(MLContext mlContext, IReadOnlyList<(string File, string Label)> photos, long steps)
    {
        var config = ImageGptConfig.Tiny with { Colors = 256 };
        var images = mlContext.Data.LoadImageFiles([.. photos.Select(photo => photo.File)]);
        var quantizer = mlContext.Transforms.QuantizeToPalette("Tokens", "Image", config.ImageSize, config.Colors).Fit(images);
        var progress = new Progress<TrainingProgress>(p =>
        {
            if (p.Step % 100 == 0 || p.Step == p.Steps)
            {
                Console.WriteLine($"Pretraining: step {p.Step:N0} of {p.Steps:N0}, {p.MeanLoss:F3} nats per token, {p.TimeLeft:h\\:mm\\:ss} left");
            }
        });
        return mlContext.ImageGeneration.Trainers.ImageGpt("Tokens", new()
        {
            Model = config,
            Steps = steps,
            BatchSize = 16,
            Optimizer = ImageGptOptimizer.Muon,
            LearningRate = 0.004,
            Progress = progress,
        })
            .Fit(quantizer.Transform(images));
    }

    private static string ClassOf(string folder, string file) => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0];

    private static MLContext CreateContext()
    {
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            {
                Console.Error.WriteLine(message.RawMessage);
            }
        };
        return mlContext;
    }
}
