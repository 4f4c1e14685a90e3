using System.Text.Json;
using System.Text.Json.Serialization;
using IGptMl.Images;
using IGptMl.Numerics;

namespace IGptMl.Models;

/// <summary>The settings of preprocessor_config.json, from images to tokens. Missing settings are assumed to match the model.</summary>
internal sealed record HuggingFaceProcessor
{
    internal const string FileName = "preprocessor_config.json";
    internal const int Bilinear = 2; // Pillow's value

    [JsonPropertyName("clusters")]
    public double[][]? Clusters { get; init; }

    [JsonPropertyName("size")]
    public JsonElement Size { get; init; }

    [JsonPropertyName("do_resize")]
    public bool? Resizes { get; init; }

    [JsonPropertyName("resample")]
    public int? Resample { get; init; }

    [JsonPropertyName("do_normalize")]
    public bool? Normalizes { get; init; }

    [JsonPropertyName("do_color_quantize")]
    public bool? Quantizes { get; init; }

    /// <summary>The setting of other Hugging Face processors that corresponds to <see cref="ImageCropping.CenterCrop"/>. ImageGPT's own ignores it.</summary>
    [JsonPropertyName("do_center_crop")]
    public bool? CropsCenter { get; init; }

    /// <summary>The side of that crop.</summary>
    [JsonPropertyName("crop_size")]
    public JsonElement CropSize { get; init; }

    /// <summary>
    /// Reads the palette (null if the file has none), and how images are cropped to squares. Settings that would give other tokens are refused, all together.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, has no palette with the model's number of colors, or prepares images differently.
    /// </exception>
    internal static (Palette? Palette, ImageCropping Cropping) Read(string path, ImageGptConfig config, PaletteRange range)
    {
        var file = HuggingFaceJson.Read<HuggingFaceProcessor>(path);
        var guard = new OptionGuard()
            .Require(IsSize(file.Size, config.ImageSize), "size", file.Size, $"{config.ImageSize}, as n_positions is {config.ContextLength}")
            .Require(file.Resizes != false, "do_resize", file.Resizes, "true, as images of other sizes have no tokens for the model")
            .Require(file.Resample is null or Bilinear, "resample", file.Resample, $"{Bilinear}, which is bilinear")
            .Require(file.Normalizes != false, "do_normalize", file.Normalizes, "true")
            .Require(file.Quantizes != false, "do_color_quantize", file.Quantizes, "true")
            .Require(file.CropsCenter != true || IsSize(
                file.CropSize, CropWindow.Side), "crop_size", file.CropSize, $"{CropWindow.Side}, as do_center_crop is true");
        if (file.Clusters is { } clusters)
        {
            guard.Require(clusters.Length == config.Colors, "The number of clusters", clusters.Length,
                $"{config.Colors}, as vocab_size is {config.Colors + 1}")
                .Require(Array.TrueForAll(clusters, color => color is { Length: 3 }), "A cluster", "not a triple", "red, green and blue");
        }

        guard.ThrowIfDamaged(path);
        var palette = file.Clusters is null
            ? null
            : Palette.FromValues([.. file.Clusters.SelectMany(color => color)], range, $"'{path}': the clusters are not a palette.");
        return (palette, file.CropsCenter == true ? ImageCropping.CenterCrop : ImageCropping.Squash);
    }

    /// <summary>Whether the size is a square with this side, in any of the notations that Hugging Face has used.</summary>
    private static bool IsSize(JsonElement size, int side) => size.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.Number => size.TryGetInt32(out var number) && number == side,
        JsonValueKind.Object => size.EnumerateObject().Any()
            && size.EnumerateObject().All(part => part.Value.ValueKind == JsonValueKind.Number && IsSize(part.Value, side)),
        _ => false,
    };
}
