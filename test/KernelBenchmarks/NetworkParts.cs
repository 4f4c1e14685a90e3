using System.Diagnostics;
using System.Globalization;
using IGptMl.Gradients;
using IGptMl.Inference;
using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Benchmarks;

/// <summary>Linear layers, and a network of one block with its head, forward and backward: libtorch beside kernels.</summary>
internal static class NetworkParts
{
    internal static void Run(string[] args)
    {
        TorchRuntime.EnsureLoaded();
        var sizes = args.Length == 4 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : new[] { 128, 4, 16, 32 };
        var (d, heads, positions, batch) = (sizes[0], sizes[1], sizes[2] * sizes[2], sizes[3]);
        using var input = randn(batch, positions, d).requires_grad_(true);
        using var weight = randn(d, 4 * d).requires_grad_(true);
        using var wide = randn(batch, positions, 4 * d);

        Compare(
            "linear map",
            new("matrix product", () => matmul(input, weight), () => Backward(matmul(input, weight), wide, input, weight)),
            new("convolution", () => LinearProduct.Convolve(input, weight), () => Backward(LinearProduct.Convolve(input, weight), wide, input, weight)));
        using var generator = new Generator(1);
        var config = new ImageGptConfig { EmbeddingSize = d, Heads = heads, Layers = 1, ImageSize = sizes[2], Colors = 512 };
        using var network = new ImageGptNetwork(config, generator);
        var executor = ImageGptExecutor.Create(network, CPU);
        var kernel = GradientKernels.Create(RegisterWidth.Widest);
        var (tokens, nats) = (new ushort[batch * positions], new float[batch * positions]);
        using var ids = zeros(batch, positions, ScalarType.Int64);
        Compare(
            "one block",
            new("libtorch's", () => network.Loss(ids), () => Backward(network.Loss(ids), above: null, [.. network.parameters()])),
            new("kernels", () => executor.NegativeLogLikelihood(tokens, batch, null, nats), () => kernel.Backward(network, ids, null)));
    }

    private static void Backward(Tensor output, Tensor? above, params Tensor[] inputs)
    {
        output.backward(above is null ? null : [above]);
        Array.ForEach(inputs, input => input.grad = null);
    }

    private static void Compare(string name, params Way[] ways)
    {
        var best = ways.ToDictionary(way => way.Name, _ => (Forward: double.MaxValue, Both: double.MaxValue));
        for (var i = 0; i < 20; i++)
        {
            foreach (var way in ways)
            {
                var (forward, both) = best[way.Name];
                best[way.Name] = (Math.Min(forward, Milliseconds(() => Forward(way.Forward))), Math.Min(both, Milliseconds(() => Scoped(way.Both))));
            }
        }

        foreach (var (way, (forward, both)) in best)
        {
            Console.WriteLine($"{name,-12} {way,-16} forwards {forward,7:F2} ms, forwards and backwards {both,7:F2} ms");
        }

        static void Forward(Action run)
        {
            using var _ = no_grad();
            Scoped(run);
        }

        static void Scoped(Action run)
        {
            using var scope = NewDisposeScope();
            run();
        }
    }

    private static double Milliseconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>An implementation.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Forward">The forward pass only.</param>
    /// <param name="Both">The forward and backward passes.</param>
    private sealed record Way(string Name, Action Forward, Action Both);
}
