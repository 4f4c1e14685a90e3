using IGptMl.Numerics;
using Microsoft.ML.Transforms.Image;

namespace IGptMl;

/// <summary>How a vector holds an image's pixels. The names and defaults are those of <c>ExtractPixels</c>, which makes such vectors.</summary>
public sealed record PixelLayout
{
    private const ImagePixelExtractingEstimator.ColorBits Rgb = ImagePixelExtractingEstimator.ColorBits.Rgb;

    /// <summary>The extracted channels: red, green and blue, with or without alpha, which is not used. Default Rgb.</summary>
    public ImagePixelExtractingEstimator.ColorBits ColorsToExtract { get; init; } = Rgb;

    /// <summary>The order of the channels. Default ARGB.</summary>
    public ImagePixelExtractingEstimator.ColorsOrder OrderOfExtraction { get; init; } = ImagePixelExtractingEstimator.ColorsOrder.ARGB;

    /// <summary>Whether the channels of a pixel are beside each other, rather than one channel of all pixels after another. Default false.</summary>
    public bool InterleavePixelColors { get; init; }

    /// <summary>The number that was subtracted from each channel value. Not used for a vector of Byte. Default 0.</summary>
    public float OffsetImage { get; init; }

    /// <summary>The factor by which each channel value was then multiplied, not 0. Not used for a vector of Byte. Default 1.</summary>
    public float ScaleImage { get; init; } = 1;

    /// <summary>The number of channels.</summary>
    internal int Channels => Order.Length;

    private string Order => string.Concat(OrderOfExtraction.ToString()
        .Where(letter => letter != 'A' || ColorsToExtract.HasFlag(ImagePixelExtractingEstimator.ColorBits.Alpha)));

    /// <summary>The position of red, green or blue, 'R', 'G' or 'B', among the channels.</summary>
    internal int Find(char letter) => Order.IndexOf(letter, StringComparison.Ordinal);

    internal void Check(OptionGuard guard) => guard
        .Require(Enum.IsDefined(OrderOfExtraction), nameof(OrderOfExtraction), OrderOfExtraction,
            string.Join(", ", Enum.GetNames<ImagePixelExtractingEstimator.ColorsOrder>().Distinct()))
        .Require(ColorsToExtract.HasFlag(Rgb), nameof(ColorsToExtract), ColorsToExtract, "red, green and blue, with or without alpha")
        .Require(float.IsFinite(OffsetImage), nameof(OffsetImage), OffsetImage, "a finite number")
        .Require(float.IsNormal(ScaleImage), nameof(ScaleImage), ScaleImage, "a finite number other than 0");
}
