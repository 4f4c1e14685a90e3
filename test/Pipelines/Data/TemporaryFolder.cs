using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

/// <summary>A new folder for one test, which is deleted with its content.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("igptml-").FullName;

    public string Path { get; }

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes bytes to a file below the folder, and creates missing folders.</summary>
    public string Write(string relativePath, byte[] bytes)
    {
        var path = Combine(relativePath.Split('/'));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Writes an image of one color; the format follows the extension.</summary>
    public string WriteImage(string relativePath, int width, int height, (byte Red, byte Green, byte Blue) color)
    {
        var rgba = new byte[width * height * 4];
        for (var i = 0; i < rgba.Length; i += 4)
        {
            (rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3]) = (color.Red, color.Green, color.Blue, 255);
        }

        var path = Write(relativePath, []);
        using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, rgba);
        image.Save(path);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
