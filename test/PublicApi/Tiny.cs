using Microsoft.ML;

namespace IGptMl.PublicApi.Tests;

/// <summary>A minimal model with all features, pretrained for a few steps on the built-in images.</summary>
internal static class Tiny
{
    internal static ImageGptConfig Config { get; } = new() { ImageSize = 4, Colors = 8, EmbeddingSize = 8, Layers = 2, Heads = 2 };

    /// <summary>The corners of the color cube.</summary>
    internal static Palette Palette { get; } = Palette.FromColors([0, 0, 0, 0, 0, 255, 0, 255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 255, 255, 0, 255,
        255, 255]);

    internal static ImageGptTransformer Pretrain(MLContext ml, IDataView images, PretrainingObjective objective = PretrainingObjective.Autoregressive)
    {
        var tokens = ml.Transforms.QuantizeToPalette("Tokens", "Image", Palette, Config.ImageSize).Fit(images).Transform(images);
        var options = new ImageGptTrainer.Options { Model = Config with { Objective = objective }, Steps = 20, BatchSize = 8, LearningRate = 0.01 };
        return ml.ImageGeneration.Trainers.ImageGpt("Tokens", options).Fit(tokens);
    }
}
