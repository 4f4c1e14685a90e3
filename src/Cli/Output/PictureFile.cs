using Microsoft.ML.Data;

namespace IGptMl.Cli.Output;

/// <summary>Writes an image as a PNG file, which replaces an existing file once it is complete.</summary>
internal static class PictureFile
{
    internal static void Write(string path, MLImage image) => OutputFile.Replace(path, ".png", image.Save);
}
