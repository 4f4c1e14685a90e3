using System.Diagnostics;
using System.Globalization;
using IGptMl.Hosting;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>Images a second of a whole pretraining step, and its share of the speed of a square matrix product.</summary>
internal static class TrainingStep
{
    private const int Steps = 10;

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
        using var tokens = torch.randint(0, config.Colors, [batch, config.ContextLength]);
        for (var i = 0; i < 3; i++)
        {
            Step(network, optimizer, tokens);
        }

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Steps; i++)
        {
            Step(network, optimizer, tokens);
        }

        var seconds = clock.Elapsed.TotalSeconds / Steps;
        Console.WriteLine($"matrix product {peak / 1e9:F0} GFLOP/s; step {seconds * 1e3:F0} ms, {batch / seconds:F1} images/s, {Operations(config) * batch / seconds / peak:P0} of the matrix product");
    }

    /// <summary>The operations of an image: 3 · (T (24 L d² + 2 K d) + 2 L T² d), forwards and backwards, attention at half because it is causal.</summary>
    private static double Operations(ImageGptConfig config)
    {
        double t = config.ContextLength, l = config.Layers, d = config.EmbeddingSize, k = config.Colors;
        return 3 * ((t * ((24 * l * d * d) + (2 * k * d))) + (2 * l * t * t * d));
    }

    private static void Step(ImageGptNetwork network, torch.optim.Optimizer optimizer, torch.Tensor tokens)
    {
        using var scope = torch.NewDisposeScope();
        optimizer.zero_grad();
        using var loss = network.Loss(tokens);
        loss.backward();
        optimizer.step();
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
