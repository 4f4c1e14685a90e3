using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Tests.Contracts;

/// <summary>A tiny model with all features: 4x4 pixels, 8 colors, d = 8, 2 layers, 2 heads of size 4, or larger if a test needs it.</summary>
public static class TinyImageGpt
{
    private const int HeadSize = 4;

    public static ImageGptConfig Config { get; } = new() { ImageSize = 4, Colors = 8, EmbeddingSize = 2 * HeadSize, Layers = 2, Heads = 2 };

    /// <summary>
    /// Head sizes of 16, 32 and 64 are multiples of the register width, as in users' models, so that training uses a kernel; a head size of 4 is not.
    /// </summary>
    public static IEnumerable<int> HeadSizes => [HeadSize, 16, 32, 64];

    /// <summary>The corners of the color cube.</summary>
    public static Palette Palette { get; } = Palette.FromColors(
        [0, 0, 0, 0, 0, 255, 0, 255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 255, 255, 0, 255, 255, 255]);

    /// <summary>The configuration with another head size.</summary>
    public static ImageGptConfig ConfigOf(int headSize) => Config with { EmbeddingSize = Config.Heads * headSize };

    /// <summary>A model of random weights, including the output head, so that its likelihoods differ between images.</summary>
    public static ImageGptModel CreateModel(
        int seed = 1, Palette? palette = null, PretrainingObjective objective = PretrainingObjective.Autoregressive, int headSize = HeadSize)
        => new(CreateNetwork(ConfigOf(headSize) with { Objective = objective }, seed), palette);

    internal static ImageGptNetwork CreateNetwork(ImageGptConfig config, int seed = 1)
    {
        using var noGradients = torch.no_grad();
        using var generator = new torch.Generator((ulong)seed);
        var network = new ImageGptNetwork(config, generator);
        using Scalar scale = 0.2; // named, as the garbage collector may free the scalar of an expression while libtorch still reads it
        foreach (var weight in network.parameters())
        {
            using var noise = torch.randn(weight.shape, generator: generator);
            using var scaled = noise * scale;
            weight.add_(scaled);
        }

        return network;
    }
}
