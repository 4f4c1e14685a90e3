using System.Diagnostics;
using System.Globalization;
using IGptMl.Inference;
using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Benchmarks;

/// <summary>Implementations of the two expensive parts of a block, forward and backward. The network must use the fastest one.</summary>
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
        using var projected = randn(batch, positions, 3 * d).requires_grad_(true);
        using var above = randn(batch, positions, d);

        Compare(
            "linear map",
            new("matrix product", () => matmul(input, weight), () => Backward(matmul(input, weight), wide, input, weight)),
            new("convolution", () => LinearProduct.Convolve(input, weight), () => Backward(LinearProduct.Convolve(input, weight), wide, input, weight)));
        var kernel = AttentionKernels.Create(RegisterWidth.Widest);
        Compare(
            "attention",
            new("libtorch's", () => Fused(projected, heads), () => Backward(Fused(projected, heads), above, projected)),
            new("kernel", () => kernel.Forward(projected, heads, causal: true), () =>
            {
                var (attended, logSums) = kernel.Forward(projected, heads, causal: true);
                kernel.Backward(projected, attended, above, logSums, heads, causal: true);
            }));
        using var generator = new Generator(1);
        var config = new ImageGptConfig { EmbeddingSize = d, Heads = heads, Layers = 1, ImageSize = sizes[2], Colors = 512 };
        using var network = new ImageGptNetwork(config, generator);
        using var block = new Block(config, generator);
        var executor = ImageGptExecutor.Create(network, CPU);
        var (tokens, features) = (new ushort[batch * positions], new float[batch * d]);
        Compare(
            "block",
            new("libtorch's", () => block.forward(input), () => Backward(block.forward(input), above, [input, .. block.parameters()])),
            new("ours", () => executor.Features(tokens, batch, [1], null, features), () => // without gradients all in kernels, with them the attention
            {
                using var tape = block.Record(input);
                tape.Backward(above);
                Array.ForEach([.. block.parameters()], p => p.grad = null);
            }));
    }

    private static void Backward(Tensor output, Tensor above, params Tensor[] inputs)
    {
        output.backward([above]);
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

    private static Tensor Fused(Tensor projected, int heads)
    {
        var (b, t, d) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3);
        var parts = projected.view(b, t, 3, heads, d / heads).permute(2, 0, 3, 1, 4).unbind();
        return nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true).transpose(1, 2).reshape(b, t, d);
    }

    /// <summary>An implementation.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Forward">The forward pass only.</param>
    /// <param name="Both">The forward and backward passes.</param>
    private sealed record Way(string Name, Action Forward, Action Both);
}
