using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.FewLabels;

/// <summary>A classifier from a folder with a few labeled pictures and a folder of many without labels.</summary>
public static class FewLabelsProgram
{
    private const string Usage = """
        usage: dotnet run -c Release --project samples/FewLabels -- LABELED UNLABELED ZIP [MODEL]
          LABELED     a folder with one subfolder per class, of four pictures or more each
          UNLABELED   a folder of pictures of the same kind, the more the better
          ZIP         the classifier to write
          MODEL       pretrained weights, instead of pretraining a small model on all pictures
        """;

    /// <summary>Runs the sample.</summary>
    /// <returns>The exit code: 0, or 1 after an error, or 2 if the arguments are wrong.</returns>
    public static int Run(string[] args, long steps = 2_000)
    {
        if (args is not [var labeled, var unlabeled, var zip, .. { Length: <= 1 } rest])
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        try
        {
            var ml = new MLContext(seed: 1);
            using var model = rest is [var path] ? ImageGptModel.Load(path) : Pretrain(ml, [labeled, unlabeled], steps);
            Learn(ml, model, labeled, unlabeled, zip);
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or InvalidOperationException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }

    /// <summary>Pretraining needs no labels, so all pictures take part.</summary>
    private static ImageGptModel Pretrain(MLContext ml, IReadOnlyList<string> folders, long steps)
    {
        var config = ImageGptConfig.Tiny with { Colors = 256 };
        var images = ml.Data.LoadImageFiles(folders);
        Console.WriteLine($"Pretraining on {images.GetColumn<string>("Name").Count():N0} pictures");
        var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", config.ImageSize, config.Colors).Fit(images);
        var options = new ImageGptTrainer.Options
        {
            Model = config,
            Steps = steps,
            BatchSize = 16,
            Optimizer = ImageGptOptimizer.Muon,
            LearningRate = 0.004,
            Progress = new Progress<TrainingProgress>(p =>
            {
                if (p.Step % 100 == 0 || p.Step == p.Steps)
                {
                    Console.WriteLine($"  step {p.Step:N0} of {p.Steps:N0}: {p.MeanLoss:F3} nats per token, {p.TimeLeft:h\\:mm\\:ss} left");
                }
            }),
        };
        using var gpt = ml.ImageGeneration.Trainers.ImageGpt("Tokens", options).Fit(quantizer.Transform(images));
        return gpt.Model.WithCropping(gpt.Model.Cropping); // a handle of our own; the transformer's goes with it
    }

    private static void Learn(MLContext ml, ImageGptModel model, string labeled, string unlabeled, string zip)
    {
        var images = ml.Data.LoadImageFolder(labeled);
        var classes = images.GetColumn<uint>("Label").CountBy(label => label).ToList();
        if (classes.Count < 2 || classes.Any(count => count.Value < LayerChoice.Folds))
        {
            throw new InvalidDataException(
                $"'{labeled}' has {classes.Count} classes, of {classes.Min(count => count.Value)} pictures or more; "
                + $"expected two classes or more, each of {LayerChoice.Folds} pictures or more.");
        }

        var choice = LayerChoice.Find(ml, model, images);
        Console.WriteLine($"Layer {choice.Layer} is best: {choice.Accuracy:P1} in cross-validation of the {images.GetColumn<uint>("Label").Count()} labels");
        var pipeline = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, choice.Layer))
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .AppendCacheCheckpoint(ml)
            .Append(LayerChoice.CreateTrainer(ml, choice.L2))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"));
        using var classifier = pipeline.Fit(images);
        ml.Model.Save(classifier, images.Schema, zip);
        Console.WriteLine($"Saved {zip}");

        // The pictures of which the classifier is least sure teach it most.
        var predicted = classifier.Transform(ml.Data.LoadImageFiles([unlabeled]));
        var unsure = predicted.GetColumn<string>("Name")
            .Zip(predicted.GetColumn<string>("PredictedClass"), predicted.GetColumn<float[]>("Score").Select(score => score.Max()))
            .OrderBy(row => row.Third)
            .Take(10);
        Console.WriteLine("Label these next; the classifier is least sure of them:");
        foreach (var (name, guess, probability) in unsure)
        {
            Console.WriteLine($"  {name}: {guess}? {probability:P0}");
        }
    }
}
