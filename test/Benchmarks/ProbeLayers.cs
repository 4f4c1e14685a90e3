using System.Diagnostics;
using IGptMl.Network;
using IGptMl.Numerics;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>The linear probe of all layers in one pass beside each layer alone, and its accuracy with a tighter tolerance of the solver.</summary>
internal static class ProbeLayers
{
    internal static void Run()
    {
        TorchRuntime.EnsureLoaded();
        var ml = new MLContext(seed: 1);
        var config = new ImageGptConfig { EmbeddingSize = 64, Heads = 2, Layers = 6, ImageSize = 16, Colors = 64 };
        using var generator = new torch.Generator(1);
        var palette = Palette.FromColors([.. Enumerable.Range(0, 64).SelectMany(i => (byte[])[(byte)(85 * (i & 3)), (byte)(85 * ((i >> 2) & 3)), (byte)(85 * (i >> 4))])]);
        using var model = new ImageGptModel(new ImageGptNetwork(config, generator), palette);
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
        Console.WriteLine($"all {together.Layers.Count} layers in one pass: {one.TotalSeconds:F1} s, of which {together.FeatureDuration.TotalSeconds:F1} s for the features; each alone: {separate.TotalSeconds:F1} s, {alone.Sum(result => result.FeatureDuration.TotalSeconds):F1} s for the features; {equal} of {alone.Count} accuracies are equal");

        foreach (var tolerance in (float[])[1e-3f, 1e-4f, 1e-6f])
        {
            var result = Timed(() => new LinearProbeExperiment(ml, model, options with { Layers = [3], L2Regularization = [1], OptimizationTolerance = tolerance, MaximumNumberOfIterations = 10_000 }).Run(training, test), out _);
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
