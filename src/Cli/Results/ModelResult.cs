namespace IGptMl.Cli.Results;

/// <summary>The result of igpt import and igpt export.</summary>
/// <param name="Model">The path of the file or folder.</param>
/// <param name="ImageSize">The side of the images in pixels.</param>
/// <param name="Colors">The number of token values.</param>
/// <param name="HasPalette">Whether the colors of the tokens are known.</param>
/// <param name="Cropping">How images are cropped to squares.</param>
/// <param name="EmbeddingSize">The width d.</param>
/// <param name="Layers">The number of blocks.</param>
/// <param name="Heads">The number of attention heads per block.</param>
/// <param name="Objective">The pretraining objective.</param>
/// <param name="Parameters">The number of parameters.</param>
internal sealed record ModelResult(string Model, int ImageSize, int Colors, bool HasPalette, ImageCropping Cropping, int EmbeddingSize, int Layers, int Heads,
    PretrainingObjective Objective, long Parameters)
{
    /// <summary>The result as names and formatted values.</summary>
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
