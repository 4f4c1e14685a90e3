using System.Globalization;
using IGptMl.FineTuning;
using IGptMl.Network;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>A fine-tuning step on both losses from one pass, beside a pretraining step, and beside one pass for each loss.</summary>
internal static class FineTuningStep
{
    private const int Rounds = 5, Classes = 10;

    internal static void Run(string[] args)
    {
        TorchRuntime.EnsureLoaded();
        var sizes = args.Length == 6 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : new[] { 128, 8, 4, 16, 512, 32 };
        var config = new ImageGptConfig { EmbeddingSize = sizes[0], Layers = sizes[1], Heads = sizes[2], ImageSize = sizes[3], Colors = sizes[4] };
        var batch = sizes[5];
        using var generator = new torch.Generator(1);
        using var network = new ImageGptNetwork(config, generator);
        using var classifier = new ClassifierNetwork(network, Classes, torch.CPU);
        using var optimizer = torch.optim.Adam(classifier.parameters(), 1e-4, 0.9, 0.95);
        using var tokens = torch.randint(0, config.Colors, [batch, config.ContextLength]);
        using var labels = torch.randint(0, Classes, [batch]);
        var best = new Dictionary<string, double>();
        for (var i = 0; i < Rounds; i++)
        {
            Measure("pretraining", () => network.Loss(tokens));
            Measure("both losses, one pass", Joint);
            Measure("both losses, two passes", () => network.Loss(tokens) + Classification(classifier.Logits(tokens, null)));
            Measure("classes alone", () => Classification(classifier.Logits(tokens, null)));
        }

        foreach (var (name, seconds) in best)
        {
            Console.WriteLine($"{name,-24} {seconds * 1e3,8:F0} ms, {batch / seconds:F1} images/s, {seconds / best["pretraining"]:F2} of a pretraining step");
        }

        void Measure(string name, Func<torch.Tensor> loss) => best[name] = Math.Min(best.GetValueOrDefault(name, double.MaxValue), TrainingStep.Seconds(loss, optimizer));

        torch.Tensor Classification(torch.Tensor logits) => torch.nn.functional.cross_entropy(logits, labels);

        torch.Tensor Joint()
        {
            var (generative, logits) = classifier.LossAndLogits(tokens, null);
            return generative + Classification(logits);
        }
    }
}
