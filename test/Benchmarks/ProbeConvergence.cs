using System.Diagnostics;
using IGptMl.Classification;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>
/// Whether the probe's solver has converged: on the features of a layer of a pretrained model, ML.NET's L-BFGS at the probe's tolerance and at tighter ones beside the
/// minimum, found by Newton's method.
/// </summary>
internal static class ProbeConvergence
{
    private const int TrainingRows = 10_000;

    internal static void Run(string path, string cifar, int layer)
    {
        var ml = new MLContext(seed: 1);
        using var model = ImageGptModel.Load(path);
        LinearProbeOptions options = new() { Layers = [layer], Baselines = false };
        var training = ml.Data.TakeRows(ml.Data.LoadCifar10(cifar), TrainingRows);
        var data = ExperimentData.Read(ml, model, options, training, ml.Data.LoadCifar10(cifar, CifarSplit.Test), null, default);
        var (features, tests) = (data.Training.Layer(layer), data.Test.Layer(layer));
        var (labels, testLabels) = (data.Training.Images.Labels, data.Test.Images.Labels);
        Console.WriteLine($"layer {layer}, {features.Width} features, {labels.Length:N0} training and {testLabels.Length:N0} test images; one test image is {1.0 / testLabels.Length:P3}");
        foreach (var l2 in options.L2Regularization)
        {
            var minimum = Newton(features, labels, tests, data.ClassNames.Count, l2);
            foreach (var tolerance in (float[])[1e-4f, 1e-6f, 1e-8f])
            {
                var clock = Stopwatch.StartNew();
                var classifier = new FeatureClassifier(ml, options with { OptimizationTolerance = tolerance, MaximumNumberOfIterations = tolerance < 1e-4f ? 20_000 : options.MaximumNumberOfIterations });
                var found = classifier.Predict(features, labels, [.. Enumerable.Range(0, labels.Length)], data.ClassNames.Count, l2, [tests], [.. Enumerable.Range(0, testLabels.Length)]);
                var same = found.Best().Zip(minimum).Count(pair => pair.First == pair.Second);
                Console.WriteLine($"  L2 {l2}, tolerance {tolerance:0E0}: {found.Accuracy(testLabels):P2} in {clock.Elapsed.TotalSeconds:F1} s, {same / (double)testLabels.Length:P2} of the predictions are the minimum's");
            }

            Console.WriteLine($"  L2 {l2}, the minimum: {minimum.Zip(testLabels).Count(pair => pair.First == pair.Second) / (double)testLabels.Length:P2}");
        }
    }

    /// <summary>The predictions of the minimum.</summary>
    private static int[] Newton(FeatureMatrix features, int[] labels, FeatureMatrix tests, int classes, float l2)
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(features.Values.ToArray(), [features.Rows, features.Width]).to(torch.float64);
        var (mean, deviation) = (x.mean([0]), x.std(0, unbiased: false));
        var (weights, steps, gradient) = SoftmaxRegression.Fit(WithOnes((x - mean) / deviation), torch.tensor(labels.Select(label => (long)label).ToArray()), classes, l2);
        Console.WriteLine($"  L2 {l2}: Newton's method, {steps} steps, gradient {gradient:E1}");
        var test = torch.tensor(tests.Values.ToArray(), [tests.Rows, tests.Width]).to(torch.float64);
        return [.. WithOnes((test - mean) / deviation).matmul(weights).argmax(1).data<long>().Select(best => (int)best)];

        static torch.Tensor WithOnes(torch.Tensor values) => torch.cat([values, torch.ones([values.shape[0], 1], torch.float64)], 1);
    }
}
