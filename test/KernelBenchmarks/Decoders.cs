using System.Globalization;
using IGptMl.Completion;
using IGptMl.Inference;
using IGptMl.Network;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>Tokens per second of sampling whole images with a cache: with the kernel executor, and with the module executor, which GPUs use.</summary>
internal static class Decoders
{
    private const int RoundCount = 3;

    private static readonly int[] Batches = [1, 8, 64];

    internal static void Run(string[] args)
    {
        TorchRuntime.EnsureLoaded();
        var sizes = args.Length == 5 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : new[] { 128, 8, 4, 16, 512 };
        var config = new ImageGptConfig { EmbeddingSize = sizes[0], Layers = sizes[1], Heads = sizes[2], ImageSize = sizes[3], Colors = sizes[4] };
        using var generator = new torch.Generator(1);
        using var network = new ImageGptNetwork(config, generator);
        var (kernels, modules) = (ImageGptExecutor.Create(network, torch.CPU), ImageGptExecutor.OfModules(network, torch.CPU));
        Console.WriteLine($"d {config.EmbeddingSize}, {config.Layers} layers, {config.Heads} heads, {config.ContextLength} tokens: tokens a second");
        Console.WriteLine("batch   by kernels   by modules of libtorch");
        foreach (var batch in Batches)
        {
            var tokens = (double)batch * config.ContextLength;
            var seconds = Rounds.Median(RoundCount, () => Draw(kernels, config, batch), () => Draw(modules, config, batch));
            Console.WriteLine($"{batch,5}   {tokens / seconds[0],10:N0}   {tokens / seconds[1],21:N0}");
        }
    }

    private static void Draw(ImageGptExecutor executor, ImageGptConfig config, int batch)
    {
        var seeds = Enumerable.Range(0, batch).Select(i => (ulong)i).ToArray();
        new Sampler(executor, new SamplingOptions()).Fill(new ushort[batch * config.ContextLength], seeds, new bool[config.ContextLength]);
    }
}
