using System.Diagnostics;
using System.Globalization;
using IGptMl.Inference;
using IGptMl.Network;
using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Benchmarks;

/// <summary>The ways to compute the two expensive parts of a block, forwards and backwards: which one the network takes must be the fast one.</summary>
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

        Compare("linear map", [input, weight], wide, ("matrix product", () => matmul(input, weight)), ("convolution", () => LinearMap.Convolve(input, weight)));
        using var generator = new Generator(1);
        using var block = new Block(new ImageGptConfig { EmbeddingSize = d, Heads = heads, Layers = 1, ImageSize = sizes[2], Colors = 512 }, generator);
        Compare("attention", [projected], above, ("libtorch's", () => Fused(projected, heads)), ("ours", () => CpuAttention.Attend(projected, heads, causal: true)));
        Compare("block", [input], above, ("libtorch's", () => block.forward(input)), ("ours", () => Infer(block, input, heads))); // ours is for forwards only: with gradients both are libtorch's
    }

    private static void Compare(string name, Tensor[] inputs, Tensor above, params (string Name, Func<Tensor> Run)[] ways)
    {
        var best = ways.ToDictionary(w => w.Name, _ => (Forward: double.MaxValue, Both: double.MaxValue));
        for (var i = 0; i < 20; i++)
        {
            foreach (var (way, run) in ways)
            {
                var (forward, both) = best[way];
                best[way] = (Math.Min(forward, Milliseconds(() => Forward(run))), Math.Min(both, Milliseconds(() => Both(run))));
            }
        }

        foreach (var (way, (forward, both)) in best)
        {
            Console.WriteLine($"{name,-12} {way,-16} forwards {forward,7:F2} ms, forwards and backwards {both,7:F2} ms");
        }

        static void Forward(Func<Tensor> run)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            run();
        }

        void Both(Func<Tensor> run)
        {
            using var scope = NewDisposeScope();
            run().backward([above]);
            Array.ForEach(inputs, i => i.grad = null);
        }
    }

    private static double Milliseconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static Tensor Infer(Block block, Tensor input, int heads)
    {
        if (is_grad_enabled())
        {
            return block.forward(input);
        }

        var hidden = input.clone();
        using var kernels = CpuBlocks.TryCreate(hidden, heads, causal: true)!;
        kernels.Run(block.Weights);
        return hidden;
    }

    private static Tensor Fused(Tensor projected, int heads)
    {
        var (b, t, d) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3);
        var parts = projected.view(b, t, 3, heads, d / heads).permute(2, 0, 3, 1, 4).unbind();
        return nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true).transpose(1, 2).reshape(b, t, d);
    }
}
