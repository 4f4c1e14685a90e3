using System.Globalization;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Output;

/// <summary>A folder for PNG files. Existing files of the same names are replaced.</summary>
internal sealed class PictureFolder
{
    private readonly string _path;

    /// <summary>Creates the folder if it does not exist, and checks that it is writable.</summary>
    internal PictureFolder(string path)
    {
        _path = path;
        OutputFolder.Prepare(path);
    }

    /// <summary>"0003-cat-2.png": the third image's second picture; "0003-cat.png" if it has only one.</summary>
    internal static string NameOf(int image, string name, int? picture = null)
    {
        var word = string.Concat(Path.GetFileNameWithoutExtension(name).Select(c => Array.IndexOf(Path.GetInvalidFileNameChars(), c) < 0 ? c : '_'));
        var number = picture is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"-{picture}");
        return string.Create(CultureInfo.InvariantCulture, $"{image:D4}-{word}{number}.png");
    }

    /// <summary>Writes an image, and returns its path.</summary>
    internal string Write(string name, MLImage image)
    {
        var path = Path.Combine(_path, name);
        PictureFile.Write(path, image);
        return path;
    }
}
