using System.Text.Json.Serialization;

namespace IGptMl;

/// <summary>
/// How an image of any size becomes the model's square. All three resize with an antialiasing triangle filter (Pillow's, bit for bit; the paper does not
/// name its filter), and none of them touches an image that has the model's size already.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImageCropping>))]
public enum ImageCropping
{
    /// <summary>The whole image, whose aspect ratio is not kept, as Hugging Face's image processor does.</summary>
    Squash,

    /// <summary>
    /// The paper's way for evaluation (Chen et al. 2020, section 3.1): resized until the shorter side has 224 pixels, then the 224x224 pixels in the middle
    /// (both rounded as torchvision's Resize and CenterCrop do), then down to the model's size.
    /// </summary>
    CenterCrop,

    /// <summary>
    /// The paper's way for training (Chen et al. 2020, section 3.1): resized until the shorter side has a random number of pixels, 256 to 384, then 224x224
    /// pixels at a random place, then down to the model's size. What is random depends on a seed and the row's id alone, so a row gives the same crop in
    /// every pass, in any order. A model trained so is evaluated with <see cref="CenterCrop"/>, so a
    /// pipeline that is to be used later quantizes with <c>QuantizeToPalette(…, model)</c>, not with what the model was trained through.
    /// </summary>
    RandomCrop,
}
