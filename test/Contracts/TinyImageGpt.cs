using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Tests.Contracts;

/// <summary>The smallest model that has everything: 4x4 pixels, 8 colors, d = 8, 2 layers, 2 heads.</summary>
public static class TinyImageGpt
{
    public static ImageGptConfig Config { get; } = new() { ImageSize = 4, Colors = 8, EmbeddingSize = 8, Layers = 2, Heads = 2 };

    /// <summary>The corners of the color cube.</summary>
    public static Palette Palette { get; } = Palette.FromColors([0, 0, 0, 0, 0, 255, 0, 255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 255, 255, 0, 255, 255, 255]);

    /// <summary>A model of random weights, output head included, so that its likelihoods differ from image to image.</summary>
    public static ImageGptModel CreateModel(int seed = 1, Palette? palette = null, PretrainingObjective objective = PretrainingObjective.Autoregressive)
        => new(CreateNetwork(Config with { Objective = objective }, seed), palette);

    internal static ImageGptNetwork CreateNetwork(ImageGptConfig config, int seed = 1)
    {
        using var noGradients = torch.no_grad();
        using var generator = new torch.Generator((ulong)seed);
        var network = new ImageGptNetwork(config, generator);
        foreach (var weight in network.parameters())
        {
            using var noise = torch.randn(weight.shape, generator: generator);
            using var scaled = noise * 0.2;
            weight.add_(scaled);
        }

        return network;
    }
}
