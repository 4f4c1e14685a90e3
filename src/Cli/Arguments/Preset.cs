namespace IGptMl.Cli.Arguments;

/// <summary>A named architecture with its training settings.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Training">The training settings, including the architecture.</param>
internal sealed record Preset(string Name, ImageGptTrainer.Options Training)
{
    /// <summary>The paper's four architectures, and two for a CPU: tiny trains in ten minutes, mini in an hour or two.</summary>
    internal static IReadOnlyList<Preset> Known { get; } =
    [
        new("tiny", ImageGptTrainer.Options.Tiny),
        new("mini", ImageGptTrainer.Options.Mini),
        new("small", ImageGptTrainer.Options.Small),
        new("medium", ImageGptTrainer.Options.Medium),
        new("large", ImageGptTrainer.Options.Large),
        new("xl", ImageGptTrainer.Options.ExtraLarge),
    ];

    private string Rate => Training.Optimizer == ImageGptOptimizer.Muon
        ? $"muon at {Training.MuonLearningRate}, adam at {Training.LearningRate}"
        : $"adam at {Training.LearningRate}";

    /// <summary>"tiny: 6 layers, d 64, 2 heads, 16x16 pixels, 5,000 steps of 16 images, muon at 0.02, adam at 0.004".</summary>
    public override string ToString()
    {
        var model = Training.Model;
        return $"{Name}: {model.Layers} layers, d {model.EmbeddingSize}, {model.Heads} heads, {model.ImageSize}x{model.ImageSize} pixels, "
            + $"{Training.Steps:N0} steps of {Training.BatchSize} images, {Rate}";
    }
}
