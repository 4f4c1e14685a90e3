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
        Directory.CreateDirectory(path);
        OutputFile.Check(Path.Combine(path, "grid.png"));
    }

    /// <summary>Writes an image, and returns its path.</summary>
    internal string Write(string name, MLImage image)
    {
        var path = Path.Combine(_path, name);
        PictureFile.Write(path, image);
        return path;
    }
}
