using Microsoft.ML.Data;

namespace IGptMl.PublicApi.Tests;

/// <summary>A temporary folder that is deleted after the test.</summary>
internal sealed class WorkFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("igptml-api-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    internal string Combine(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Creates a folder of PNG images with one subfolder per class: dark and bright random colors.</summary>
    internal string WritePhotos(string name, int count = 4, int side = 16)
    {
        foreach (var (label, least) in new[] { ("bright", 128), ("dark", 0) })
        {
            Directory.CreateDirectory(Combine(name, label));
            for (var i = 0; i < count; i++)
            {
                var random = new Random((least * 1000) + i);
                var pixels = Enumerable.Range(0, side * side * 4).Select(at => (byte)(at % 4 == 3 ? 255 : least + random.Next(128))).ToArray();
                using var image = MLImage.CreateFromPixels(side, side, MLPixelFormat.Rgba32, pixels);
                image.Save(Combine(name, label, $"{i}.png"));
            }
        }

        return Combine(name);
    }
}
