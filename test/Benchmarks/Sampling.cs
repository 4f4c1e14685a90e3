using System.Globalization;
using IGptMl.Completion;
using IGptMl.Inference;
using IGptMl.Network;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>Tokens a second of drawing whole pictures: by the decoder of the CPU, by libtorch with a cache, and by a full pass for every token.</summary>
internal static class Sampling
{
    private const int Rounds = 3, MaxFullRows = 8;

    private static readonly int[] Batches = [1, 8, 64];

    internal static void Run(string[] args)
    {
        TorchRuntime.EnsureLoaded();
        var sizes = args.Length == 5 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : new[] { 128, 8, 4, 16, 512 };
        var config = new ImageGptConfig { EmbeddingSize = sizes[0], Layers = sizes[1], Heads = sizes[2], ImageSize = sizes[3], Colors = sizes[4] };
        using var generator = new torch.Generator(1);
        using var network = new ImageGptNetwork(config, generator);
        var (cpu, libtorch) = (ImageGptExecutor.Create(network, torch.CPU), ImageGptExecutor.OfModules(network, torch.CPU));
        Console.WriteLine($"d {config.EmbeddingSize}, {config.Layers} layers, {config.Heads} heads, {config.ContextLength} tokens, {config.Colors} colors: tokens a second");
        Console.WriteLine("batch   decoder of the CPU   libtorch with a cache   full passes");
        foreach (var batch in Batches)
        {
            var tokens = (double)batch * config.ContextLength;
            var cached = Benchmarks.Rounds.Median(Rounds, () => Draw(cpu, config, batch), () => Draw(libtorch, config, batch));
            var full = batch <= MaxFullRows ? tokens / FullPasses(cpu, batch) : (double?)null;
            var times = full is { } f ? $"{f,11:N0}   (the cache is {tokens / cached.Min() / f:N0} times as fast)" : "          -";
            Console.WriteLine($"{batch,5}   {tokens / cached[0],18:N0}   {tokens / cached[1],21:N0}   {times}");
        }
    }

    private static void Draw(ImageGptExecutor executor, ImageGptConfig config, int batch)
        => new Sampler(executor, new SamplingOptions()).Fill(new ushort[batch * config.ContextLength], Enumerable.Range(0, batch).Select(i => (ulong)i).ToArray(), new bool[config.ContextLength]);

    /// <summary>
    /// The seconds of a drawing without a cache, as OpenAI's sampler does it: all positions for each token. As many passes are timed as tell the mean, and
    /// the drawing itself, which is nothing beside them, is left out.
    /// </summary>
    private static double FullPasses(ImageGptExecutor executor, int batch)
    {
        const int passes = 5;
        var context = executor.Config.ContextLength;
        var (tokens, nats) = (new ushort[batch * context], new float[batch * context]);
        return context * Benchmarks.Rounds.Median(passes, () => executor.NegativeLogLikelihood(tokens, batch, null, nats))[0];
    }
}
