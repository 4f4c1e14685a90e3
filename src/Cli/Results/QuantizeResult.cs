namespace IGptMl.Cli.Results;

/// <summary>The result of igpt quantize.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Images">The number of rows.</param>
/// <param name="ImageSize">The side of the images in pixels.</param>
/// <param name="Tokens">The number of tokens per image, one per pixel.</param>
/// <param name="Colors">The number of colors of the palette.</param>
/// <param name="Cropping">How images were cropped to squares.</param>
internal sealed record QuantizeResult(string File, int Images, int ImageSize, int Tokens, int Colors, ImageCropping Cropping);
