using System.Text.Json.Serialization;

namespace IGptMl;

/// <summary>
/// How an image of any size is converted to the model's square. All methods resize with an antialiasing triangle filter, bit-equal to Pillow's (the paper does
/// not name its filter). None of them changes an image that already has the model's size.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImageCropping>))]
public enum ImageCropping
{
    /// <summary>Resizes the whole image without keeping its aspect ratio, as Hugging Face's image processor does.</summary>
    Squash,

    /// <summary>
    /// The paper's method for evaluation (Chen et al. 2020, section 3.1). The image is resized so that its shorter side has 224 pixels. The 224x224 pixels
    /// in the middle (both rounded as torchvision's Resize and CenterCrop do) are then resized to the model's size.
    /// </summary>
    CenterCrop,

    /// <summary>
    /// The paper's method for training (Chen et al. 2020, section 3.1). The image is resized so that its shorter side has a random length of 256 to 384
    /// pixels. 224x224 pixels at a random position are then resized to the model's size. The random values depend only on a seed and the row's id, so a
    /// row gives the same crop in every pass, in any order. A model that is trained this way is evaluated with <see cref="CenterCrop"/>: a pipeline for
    /// later use quantizes with <c>QuantizeToPalette(…, model)</c>, not with the transformer that the model was trained with.
    /// </summary>
    RandomCrop,
}
