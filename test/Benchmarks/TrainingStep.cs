using System.Diagnostics;
using System.Globalization;
using IGptMl.Hosting;
using IGptMl.Network;
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
        var peak = MatrixProduct();

        using var generator = new torch.Generator(1);
        using var network = new ImageGptNetwork(config, generator);
        using var optimizer = torch.optim.Adam(network.parameters(), 1e-3, 0.9, 0.95);
        using var plain = new PlainImageGpt(config);
        using var plainOptimizer = torch.optim.AdamW(plain.parameters(), 1e-3, 0.9, 0.95);
        using var tokens = torch.randint(0, config.Colors, [batch, config.ContextLength]);
        var (ours, plains) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < Rounds; i++)
        {
            ours = Math.Min(ours, Seconds(() => network.Loss(tokens), optimizer));
            plains = Math.Min(plains, Seconds(() => plain.forward(tokens), plainOptimizer));
        }

        Console.WriteLine($"matrix product   {peak / 1e9,8:F0} GFLOP/s");
        Console.WriteLine($"step             {ours * 1e3,8:F0} ms, {batch / ours:F1} images/s, {Operations(config) * batch / ours / peak:P0} of the matrix product");
        Console.WriteLine($"plain TorchSharp {plains * 1e3,8:F0} ms, {batch / plains:F1} images/s, {Operations(config) * batch / plains / peak:P0}; ours is {plains / ours:F2} times as fast");
    }

    /// <summary>The operations of an image: 3 · (T (24 L d² + 2 K d) + 2 L T² d), forwards and backwards, attention at half because it is causal.</summary>
    private static double Operations(ImageGptConfig config)
    {
        double t = config.ContextLength, l = config.Layers, d = config.EmbeddingSize, k = config.Colors;
        return 3 * ((t * ((24 * l * d * d) + (2 * k * d))) + (2 * l * t * t * d));
    }

    /// <summary>The mean of a few steps.</summary>
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
        for (var i = 0; i < 6; i++)
        {
            var clock = Stopwatch.StartNew();
            a.matmul(b).Dispose();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return 2 * Math.Pow(size, 3) / best;
    }
}
