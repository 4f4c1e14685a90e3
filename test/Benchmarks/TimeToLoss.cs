using System.Globalization;
using Microsoft.ML;

namespace IGptMl.Benchmarks;

/// <summary>
/// The loss on held-out images of CIFAR-10 at 16x16 after equal times: Adam with the paper's schedule, and Muon as the presets for CPUs use it. Each gets the
/// whole machine, one after the other.
/// </summary>
internal static class TimeToLoss
{
    private const int ValidationImages = 500, ValidationSteps = 250;

    internal static void Run(string folder, double minutes)
    {
        var ml = new MLContext(seed: 1);
        var images = ml.Data.LoadCifar10(folder);
        var palette = ml.Transforms.QuantizeToPalette("Tokens", "Image", imageSize: 16).Fit(ml.Data.TakeRows(images, 2_000));
        var training = ml.Data.Cache(palette.Transform(images), "Tokens");
        var validation = ml.Data.Cache(ml.Data.TakeRows(palette.Transform(ml.Data.LoadCifar10(folder, CifarSplit.Test)), ValidationImages), "Tokens");
        var recipe = new ImageGptTrainer.Options
        {
            Model = new ImageGptConfig { ImageSize = 16, EmbeddingSize = 96, Layers = 6, Heads = 3, Colors = 512 },
            TimeLimit = TimeSpan.FromMinutes(minutes),
            LearningRate = 0.004,
            ValidationInterval = ValidationSteps,
        };
        var adam = Losses(ml, training, validation, recipe with { BatchSize = 8 });
        var muon = Losses(ml, training, validation, recipe with { BatchSize = 16, Optimizer = ImageGptOptimizer.Muon });
        Report("Adam, batches of 8", adam);
        Report("Muon, batches of 16", muon);
        var target = adam.Min(point => point.Loss);
        Console.WriteLine(muon.Any(point => point.Loss <= target)
            ? $"Muon reaches Adam's {target:F3} nats per token after {muon.First(point => point.Loss <= target).Time.TotalSeconds:F0} s."
            : $"Muon does not reach Adam's {target:F3} nats per token.");
    }

    private static List<(TimeSpan Time, double Loss)> Losses(MLContext ml, IDataView training, IDataView validation, ImageGptTrainer.Options options)
    {
        var points = new List<(TimeSpan, double)>();
        var progress = new Reporter(step =>
        {
            if (step.ValidationLoss is { } loss)
            {
                points.Add((step.Elapsed, loss));
            }
        });
        ml.ImageGeneration.Trainers.ImageGpt("Tokens", options with { Progress = progress }).Fit(training, validation).Dispose();
        return points;
    }

    private static void Report(string name, List<(TimeSpan Time, double Loss)> points)
    {
        Console.WriteLine(name);
        foreach (var (time, loss) in points)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {time.TotalSeconds,6:F0} s  {loss:F4} nats per token"));
        }
    }

    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
