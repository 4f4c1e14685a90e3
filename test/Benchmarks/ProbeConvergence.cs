using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>
/// Checks that the probe's solver has converged: on the features of a layer of a pretrained model, compares ML.NET's L-BFGS at the probe's tolerance and at
/// tighter ones with the minimum, found by Newton's method.
/// </summary>
internal static class ProbeConvergence
{
    private const int TrainingRows = 10_000;

    internal static void Run(string path, string cifar, int layer)
    {
        var ml = new MLContext(seed: 1);
        using var model = ImageGptModel.Load(path);
        var cache = Directory.CreateTempSubdirectory("igptml-probe-").FullName; // features are computed once
        try
        {
            LinearProbeOptions options = new() { Layers = [layer], Baselines = false, CacheFolder = cache };
            Compare(ml, model, options, ml.Data.TakeRows(ml.Data.LoadCifar10(cifar), TrainingRows), ml.Data.LoadCifar10(cifar, CifarSplit.Test), layer);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static void Compare(MLContext ml, ImageGptModel model, LinearProbeOptions options, IDataView training, IDataView test, int layer)
    {
        using var pipeline = (IDisposable)new LinearProbeExperiment(ml, model, options).CreateFeaturePipeline([layer]).Fit(training);
        var (trained, tested) = (Features.Read((ITransformer)pipeline, training, layer), Features.Read((ITransformer)pipeline, test, layer));
        double tests = tested.Labels.Length;
        Console.WriteLine(
            $"layer {layer}, {model.Config.EmbeddingSize} features, {trained.Labels.Length:N0} training and {tests:N0} test images; "
            + $"one test image is {1 / tests:P3}");
        foreach (var l2 in options.L2Regularization)
        {
            var minimum = Newton(trained, tested, l2);
            foreach (var tolerance in (float[])[1e-4f, 1e-6f, 1e-8f])
            {
                var iterations = tolerance < 1e-4f ? 20_000 : options.MaximumNumberOfIterations;
                var one = options with { L2Regularization = [l2], OptimizationTolerance = tolerance, MaximumNumberOfIterations = iterations };
                var found = new LinearProbeExperiment(ml, model, one).Run(training, test).Best;
                Console.WriteLine(
                    $"  L2 {l2}, tolerance {tolerance:0E0}: {found.Accuracy:P2} in {found.Duration.TotalSeconds:F1} s, "
                    + $"{CountSame(found.PredictedClasses, minimum) / tests:P2} of the predictions are the minimum's");
            }

            Console.WriteLine($"  L2 {l2}, the minimum: {CountSame(tested.Labels, minimum) / tests:P2}");
        }
    }

    private static int CountSame(IEnumerable<int> some, IEnumerable<int> others) => some.Zip(others).Count(pair => pair.First == pair.Second);

    /// <summary>The predictions at the minimum.</summary>
    private static int[] Newton(Features training, Features test, float l2)
    {
        using var scope = torch.NewDisposeScope();
        var x = training.ToTensor();
        var (mean, deviation) = (x.mean([0]), x.std(0, unbiased: false));
        var labels = torch.tensor(training.Labels.Select(label => (long)label).ToArray());
        var (weights, steps, gradient) = SoftmaxRegression.Fit(WithOnes((x - mean) / deviation), labels, training.Labels.Max() + 1, l2);
        Console.WriteLine($"  L2 {l2}: Newton's method, {steps} steps, gradient {gradient:E1}");
        return [.. WithOnes((test.ToTensor() - mean) / deviation).matmul(weights).argmax(1).data<long>().Select(best => (int)best)];

        static torch.Tensor WithOnes(torch.Tensor values) => torch.cat([values, torch.ones([values.shape[0], 1], torch.float64)], 1);
    }

    /// <summary>The features of images, and their 0-based classes.</summary>
    private sealed record Features(float[][] Rows, int[] Labels)
    {
        internal static Features Read(ITransformer pipeline, IDataView images, int layer)
            => new([.. pipeline.Transform(images).GetColumn<float[]>($"Layer{layer}")], [.. images.GetColumn<uint>("Label").Select(label => (int)label - 1)]);

        internal torch.Tensor ToTensor() => torch.tensor(Rows.SelectMany(row => row).ToArray(), [Rows.Length, Rows[0].Length]).to(torch.float64);
    }
}
