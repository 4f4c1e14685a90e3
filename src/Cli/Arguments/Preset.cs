using IGptMl.Network;

namespace IGptMl.Cli.Arguments;

/// <summary>A named architecture with the settings that train it.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Model">The architecture.</param>
/// <param name="Steps">The optimisation steps.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="LearningRate">The peak learning rate.</param>
internal sealed record Preset(string Name, ImageGptConfig Model, long Steps, int BatchSize, double LearningRate)
{
    /// <summary>
    /// The paper's four with its batch sizes and numbers of steps (the rates of the larger ones are as far as they are known), and two for a CPU:
    /// tiny for ten minutes, mini for an hour or two.
    /// </summary>
    internal static IReadOnlyList<Preset> Known { get; } =
    [
        new("tiny", ImageGptConfig.Tiny, 5_000, 16, 0.004),
        new("mini", ImageGptConfig.Mini, 10_000, 16, 0.003),
        new("small", ImageGptConfig.Small, 1_000_000, 128, 0.003),
        new("medium", ImageGptConfig.Medium, 1_000_000, 128, 0.003),
        new("large", ImageGptConfig.Large, 1_000_000, 128, 0.001),
        new("xl", ImageGptConfig.ExtraLarge, 2_000_000, 64, 0.0003),
    ];

    /// <summary>"tiny: 6 layers, d 64, 16x16 pixels, 5,000 steps of 16 images, rate 0.004".</summary>
    public override string ToString() => $"{Name}: {Model.Layers} layers, d {Model.EmbeddingSize}, {Model.Heads} heads, {Model.ImageSize}x{Model.ImageSize} pixels, {Steps:N0} steps of {BatchSize} images, rate {LearningRate}";
}
