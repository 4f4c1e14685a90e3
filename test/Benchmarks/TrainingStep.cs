using System.Diagnostics;
using System.Globalization;
using IGptMl.Network;
using IGptMl.Numerics;
using IGptMl.Optimization;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>Images a second of a whole pretraining step, its share of the speed of a square matrix product, and plain TorchSharp beside it.</summary>
internal static class TrainingStep
{
    private const int Rounds = 5, Steps = 3;

    internal static void Run(string[] args)
    {
        TorchRuntime.EnsureLoaded();
        var sizes = args.Length == 6 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : new[] { 128, 8, 4, 16, 512, 32 };
        var config = new ImageGptConfig { EmbeddingSize = sizes[0], Layers = sizes[1], Heads = sizes[2], ImageSize = sizes[3], Colors = sizes[4] };
        var batch = sizes[5];
        using var generator = new torch.Generator(1);
        using var network = new ImageGptNetwork(config, generator);
        using var plain = new PlainImageGpt(config);
        using var plainOptimizer = torch.optim.AdamW(plain.parameters(), 1e-3, 0.9, 0.95);
        using var tokens = torch.randint(0, config.Colors, [batch, config.ContextLength]);
        var (ours, plains, peak) = (double.MaxValue, double.MaxValue, 0.0);
        for (var i = 0; i < Rounds; i++)
        {
            peak = Math.Max(peak, MatrixProduct());
            ours = Math.Min(ours, Seconds(network, () => network.Loss(tokens)));
            plains = Math.Min(plains, Seconds(() => plain.forward(tokens), plainOptimizer));
        }

        Console.WriteLine($"matrix product   {peak / 1e9,8:F0} GFLOP/s");
        Console.WriteLine($"step             {ours * 1e3,8:F0} ms, {batch / ours:F1} images/s, {config.TrainingOperations * batch / ours / peak:P0} of the matrix product");
        Console.WriteLine($"plain TorchSharp {plains * 1e3,8:F0} ms, {batch / plains:F1} images/s, {config.TrainingOperations * batch / plains / peak:P0}; ours is {plains / ours:F2} times as fast");
    }

    /// <summary>The mean of a few steps of the loop that trains: the loss and its gradients, their norm, Adam on flat buffers, the report. The first step counts for nothing.</summary>
    internal static double Seconds(torch.nn.Module module, Func<torch.Tensor> loss)
    {
        var clock = new Stopwatch();
        new TrainingLoop(module, new ConstantSchedule(1e-4, Steps + 1), 1).Run(loss, Report, default);
        return clock.Elapsed.TotalSeconds / Steps;

        void Report(TrainingProgress progress)
        {
            if (progress.Step == 1)
            {
                clock.Start();
            }
        }
    }

    /// <summary>The mean of a few steps as TorchSharp has them.</summary>
    internal static double Seconds(Func<torch.Tensor> loss, torch.optim.Optimizer optimizer)
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
