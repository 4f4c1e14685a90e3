using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Benchmarks;

/// <summary>Tokens per second of sampling whole images with a key-value cache, compared with a full pass for every token.</summary>
internal static class Sampling
{
    private const int RoundCount = 3, MaxFullRows = 8;

    private static readonly int[] Batches = [1, 8, 64];

    internal static void Run(string[] args)
    {
        var config = Sizes.Read(args, "128", "8", "4", "16", "512").Config;
        var ml = new MLContext(seed: 1);
        using var model = ImageGptModel.CreateUntrained(config, Palette());
        Console.WriteLine($"d {config.EmbeddingSize}, {config.Layers} layers, {config.ContextLength} tokens, {config.Colors} colors: tokens a second");
        Console.WriteLine("batch   with a cache   full passes");
        foreach (var batch in Batches)
        {
            var tokens = (double)batch * config.ContextLength;
            var cached = tokens / Rounds.Median(RoundCount, () => ml.ImageGeneration.Sample(model, batch, new() { Seed = 1 }))[0];
            var full = batch <= MaxFullRows ? tokens / FullPasses(ml, model, batch) : (double?)null;
            Console.WriteLine($"{batch,5}   {cached,12:N0}   {(full is { } f ? $"{f,11:N0}   (the cache is {cached / f:N0} times as fast)" : "          -")}");
        }

        Palette Palette() => IGptMl.Palette.FromColors([.. Enumerable.Range(0, config.Colors).SelectMany(i => (byte[])[(byte)i, (byte)(i >> 8), 0])]);
    }

    /// <summary>
    /// The estimated seconds of sampling without a cache, as in OpenAI's sampler, which computes all positions for each token. Only a few passes are timed, for
    /// their mean; the negligible time of drawing tokens is not included.
    /// </summary>
    private static double FullPasses(MLContext ml, ImageGptModel model, int batch)
    {
        const int passes = 5;
        var data = TokenData.View(ml, model.Config, batch);
        using var likelihood = ml.Transforms.CalculateImageLikelihood(model, new() { BatchSize = batch }).Fit(data);
        return model.Config.ContextLength * Rounds.Median(passes, () => likelihood.Transform(data).GetColumn<float>("NatsPerToken").Count())[0];
    }
}
