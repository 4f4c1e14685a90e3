using System.Diagnostics;
using Microsoft.ML;

namespace IGptMl.Benchmarks;

/// <summary>The linear probe of all layers in one pass, compared with each layer separately, and its accuracy with a tighter tolerance of the solver.</summary>
internal static class ProbeLayers
{
    internal static void Run()
    {
        var ml = new MLContext(seed: 1);
        var config = new ImageGptConfig { EmbeddingSize = 64, Heads = 2, Layers = 6, ImageSize = 16, Colors = 64 };
        var colors = Enumerable.Range(0, 64).SelectMany(i => (byte[])[(byte)(85 * (i & 3)), (byte)(85 * ((i >> 2) & 3)), (byte)(85 * (i >> 4))]);
        var palette = Palette.FromColors([.. colors]);
        using var model = ImageGptModel.CreateUntrained(config, palette);
        var (training, test) = (ml.Data.LoadShapes(1200, 1), ml.Data.LoadShapes(600, 2));
        LinearProbeOptions options = new() { Baselines = false };

        var together = Timed(() => new LinearProbeExperiment(ml, model, options).Run(training, test), out var one);
        var alone = new List<LinearProbeResult>();
        var separate = TimeSpan.Zero;
        for (var layer = 0; layer <= config.Layers; layer++)
        {
            alone.Add(Timed(() => new LinearProbeExperiment(ml, model, options with { Layers = [layer] }).Run(training, test), out var time));
            separate += time;
        }

        var equal = together.Layers.Zip(alone).Count(pair => pair.First.Accuracy == pair.Second.Best.Accuracy);
        var (features, features7) = (together.FeatureDuration.TotalSeconds, alone.Sum(result => result.FeatureDuration.TotalSeconds));
        Console.WriteLine(
            $"all {together.Layers.Count} layers in one pass: {one.TotalSeconds:F1} s, of which {features:F1} s for the features; "
            + $"each alone: {separate.TotalSeconds:F1} s, {features7:F1} s for the features; {equal} of {alone.Count} accuracies are equal");

        foreach (var tolerance in (float[])[1e-3f, 1e-4f, 1e-6f])
        {
            var tight = options with { Layers = [3], L2Regularization = [1], OptimizationTolerance = tolerance, MaximumNumberOfIterations = 10_000 };
            var result = new LinearProbeExperiment(ml, model, tight).Run(training, test);
            Console.WriteLine($"layer 3, tolerance {tolerance:G2}: accuracy {result.Best.Accuracy:P2} in {result.Best.Duration.TotalSeconds:F2} s");
        }
    }

    private static LinearProbeResult Timed(Func<LinearProbeResult> run, out TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var result = run();
        time = clock.Elapsed;
        return result;
    }
}
