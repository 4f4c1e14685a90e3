namespace IGptMl.Cli.Results;

/// <summary>What igpt quantize tells in the end.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Images">Its rows.</param>
/// <param name="ImageSize">The side of the images in pixels.</param>
/// <param name="Tokens">The numbers of an image, one a pixel.</param>
/// <param name="Colors">The colors of the palette, numbered from 0.</param>
/// <param name="Cropping">How images became squares.</param>
internal sealed record QuantizeResult(string File, int Images, int ImageSize, int Tokens, int Colors, ImageCropping Cropping);
