using Microsoft.ML.Data;

namespace IGptMl.Cli.Output;

/// <summary>A picture as a PNG file, which replaces an existing one once it is complete.</summary>
internal static class PictureFile
{
    internal static void Write(string path, MLImage image) => OutputFile.Replace(path, ".png", image.Save);
}
