namespace IGptMl.Cli.Results;

/// <summary>What igpt import and igpt export tell of the model that they wrote.</summary>
/// <param name="Model">The path of the file or folder.</param>
/// <param name="ImageSize">The side of its images in pixels.</param>
/// <param name="Colors">Its token values.</param>
/// <param name="HasPalette">Whether the colors of the tokens are known.</param>
/// <param name="Cropping">How images become the model's squares.</param>
/// <param name="EmbeddingSize">The width d.</param>
/// <param name="Layers">The blocks.</param>
/// <param name="Heads">The attention heads of a block.</param>
/// <param name="Objective">What it was pretrained to predict.</param>
/// <param name="Parameters">The learned values.</param>
internal sealed record ModelResult(string Model, int ImageSize, int Colors, bool HasPalette, ImageCropping Cropping, int EmbeddingSize, int Layers, int Heads,
    PretrainingObjective Objective, long Parameters)
{
    /// <summary>For people.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("model", Model),
        ("images",
            $"{ImageSize}x{ImageSize} pixels, {Colors:N0} colors{(HasPalette ? string.Empty : " without a "
            + $"palette")}{(Cropping == ImageCropping.CenterCrop ? ", cropped to the middle" : string.Empty)}"),
        ("network", $"{Layers} layers, d = {EmbeddingSize}, {Heads} heads{(Objective == PretrainingObjective.Masked ? ", masked (BERT)" : string.Empty)}"),
        ("parameters", $"{Parameters:N0}"),
    ];

    internal static ModelResult Of(string path, ImageGptModel model)
        => new(path, model.Config.ImageSize, model.Config.Colors, model.Palette is not null, model.Cropping, model.Config.EmbeddingSize, model.Config.Layers,
            model.Config.Heads, model.Config.Objective, model.Config.ParameterCount);
}
