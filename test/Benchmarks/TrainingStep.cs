using System.Diagnostics;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>
/// Images per second of a whole pretraining step, its utilization relative to a square matrix product, and the same step in plain TorchSharp.
/// </summary>
internal static class TrainingStep
{
    private const int Rounds = 5, Steps = 3;

    internal static void Run(string[] args)
    {
        var sizes = Sizes.Read(args, "128", "8", "4", "16", "512", "32");
        var (config, batch) = (sizes.Config, sizes.Batch);
        var ml = new MLContext(seed: 1);
        ml.GetDeviceName(); // loads libtorch
        var data = TokenData.View(ml, config, batch);
        using var plain = new PlainImageGpt(config);
        using var plainOptimizer = torch.optim.AdamW(plain.parameters(), 1e-3, 0.9, 0.95);
        using var tokens = torch.randint(0, config.Colors, [batch, config.ContextLength]);
        var (ours, plains, peak) = (double.MaxValue, double.MaxValue, 0.0);
        for (var i = 0; i < Rounds; i++)
        {
            peak = Math.Max(peak, MatrixProduct());
            ours = Math.Min(ours, Seconds(ml, data, config, batch));
            plains = Math.Min(plains, Seconds(() => plain.forward(tokens), plainOptimizer));
        }

        var work = sizes.TrainingOperations;
        Console.WriteLine($"matrix product   {peak / 1e9,8:F0} GFLOP/s");
        Console.WriteLine($"step             {ours * 1e3,8:F0} ms, {batch / ours:F1} images/s, {work / ours / peak:P0} of the matrix product");
        Console.WriteLine(
            $"plain TorchSharp {plains * 1e3,8:F0} ms, {batch / plains:F1} images/s, {work / plains / peak:P0}; ours is {plains / ours:F2} times as fast");
    }

    /// <summary>
    /// The mean of a few steps of the trainer: reading the batch, the loss and its gradients, their norm, Adam, the report. The first step is a warm-up.
    /// </summary>
    internal static double Seconds(MLContext ml, IDataView data, ImageGptConfig config, int batch, bool recomputes = false)
    {
        var times = new StepTimes<TrainingProgress>(progress => (progress.Step, progress.Elapsed));
        ml.ImageGeneration.Trainers.ImageGpt(new ImageGptTrainer.Options
        {
            Model = config,
            Steps = Steps + 1,
            BatchSize = batch,
            LearningRate = 1e-4,
            RecomputeActivations = recomputes,
            Progress = times,
        }).Fit(data).Dispose();
        return times.Mean;
    }

    /// <summary>The mean of a few steps in plain TorchSharp.</summary>
    private static double Seconds(Func<torch.Tensor> loss, torch.optim.Optimizer optimizer)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Steps; i++)
        {
            using var scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            loss().backward();
            optimizer.step();
        }

        return clock.Elapsed.TotalSeconds / Steps;
    }

    private static double MatrixProduct()
    {
        const int size = 2048;
        using var a = torch.randn(size, size);
        using var b = torch.randn(size, size);
        var best = double.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var clock = Stopwatch.StartNew();
            a.matmul(b).Dispose();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return 2 * Math.Pow(size, 3) / best;
    }
}
