using IGptMl.Images;
using IGptMl.Reports;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Output;

/// <summary>A picture as a PNG file, which replaces an existing one once it is complete.</summary>
internal static class PictureFile
{
    internal static void Write(string path, MLImage image)
    {
        var rgb = new byte[ImagePixels.CountRgb(image)];
        ImagePixels.CopyRgb(image, rgb);
        OutputFile.Write(path, stream => stream.Write(PngPicture.Encode(rgb, image.Width, image.Height, scale: 1)));
    }
}
