namespace IGptMl.Cli.Results;

/// <summary>The result of igpt info.</summary>
/// <param name="Model">The model as it was given.</param>
/// <param name="Path">The path of the file or folder, or the prefix of the checkpoint.</param>
/// <param name="Form">The format.</param>
/// <param name="Bytes">The size on disk.</param>
/// <param name="ImageSize">The side of the images in pixels.</param>
/// <param name="Colors">The number of token values.</param>
/// <param name="HasPalette">Whether the colors of the tokens are known.</param>
/// <param name="Cropping">How images are cropped to squares.</param>
/// <param name="EmbeddingSize">The width d, which is the number of features of a layer.</param>
/// <param name="Layers">The number of blocks.</param>
/// <param name="Heads">The number of attention heads per block.</param>
/// <param name="Objective">The pretraining objective.</param>
/// <param name="HasHead">Whether it predicts tokens.</param>
/// <param name="Parameters">The number of parameters.</param>
/// <param name="Origin">How the weights came to be.</param>
/// <param name="Picture">The path of the palette's picture; null if none was drawn.</param>
internal sealed record ModelInfoResult(string Model, string Path, string Form, long Bytes, int ImageSize, int Colors, bool HasPalette, ImageCropping Cropping,
    int EmbeddingSize, int Layers, int Heads, PretrainingObjective Objective, bool HasHead, long Parameters, IReadOnlyDictionary<string, string> Origin,
    string? Picture)
{
    private const double Megabyte = 1e6;

    /// <summary>The result as names and formatted values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("model", Model),
        .. Path == Model ? [] : new[] { ("in", Path) },
        ("format", $"{Form}, {Bytes / Megabyte:N1} MB"),
        ("network", $"{Layers} layers, d = {EmbeddingSize}, {Heads} heads of {EmbeddingSize / Heads}, "
            + (Objective == PretrainingObjective.Masked ? "masked (BERT)" : "autoregressive") + (HasHead ? string.Empty : ", without a head")),
        ("parameters", $"{Parameters:N0}, {sizeof(float) * Parameters / Megabyte:N0} MB of memory"),
        ("images", $"{ImageSize}x{ImageSize} pixels, {(Cropping == ImageCropping.CenterCrop ? "cropped to the middle" : "squashed to squares")}"),
        ("tokens", $"{ImageSize * ImageSize:N0} an image, {Colors:N0} colors, {(HasPalette ? "with their palette" : "without a palette")}"),
        ("features", $"{EmbeddingSize:N0} in each of {Layers + 1:N0} layers"),
        .. Picture is null ? [] : new[] { ("picture", Picture) },
        .. Origin.Count == 0 ? [("origin", "unknown")] : Origin.Select(fact => (Lower(fact.Key), fact.Value)),
    ];

    internal static ModelInfoResult Of(string name, string path, string? picture, ImageGptModel model)
        => new(name, path, FormOf(path), BytesOf(path), model.Config.ImageSize, model.Config.Colors, model.Palette is not null, model.Cropping,
            model.Config.EmbeddingSize, model.Config.Layers, model.Config.Heads, model.Config.Objective, model.HasHead, model.Config.ParameterCount,
            model.Origin, picture);

    private static string FormOf(string path) => Directory.Exists(path) ? "Hugging Face folder"
        : !File.Exists(path) ? "TensorFlow checkpoint"
        : path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? "training checkpoint" : "zip";

    private static long BytesOf(string path)
    {
        if (File.Exists(path))
        {
            return new FileInfo(path).Length;
        }

        var (folder, pattern) = Directory.Exists(path) ? (path, "*")
            : (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, $"{System.IO.Path.GetFileName(path)}.*");
        return new DirectoryInfo(folder).EnumerateFiles(pattern).Sum(file => ((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? file).Length);
    }

    /// <summary>"BatchSize" and "Steps run" as "batch size" and "steps run".</summary>
    private static string Lower(string name)
        => string.Concat(name.Select((c, i) => $"{(char.IsUpper(c) && i > 0 && name[i - 1] != ' ' ? " " : string.Empty)}{char.ToLowerInvariant(c)}"));
}
