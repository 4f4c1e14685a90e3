using Microsoft.ML.Data;

namespace IGptMl.Cli.Output;

/// <summary>A folder of PNG files that a command writes; files of the same names are replaced.</summary>
internal sealed class PictureFolder
{
    private readonly string _path;

    /// <summary>Makes the folder if it is missing, and finds out early whether it can be written.</summary>
    internal PictureFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path);
        OutputFile.Check(Path.Combine(path, "grid.png"));
    }

    /// <summary>Writes a picture, and returns its path.</summary>
    internal string Write(string name, MLImage image)
    {
        var path = Path.Combine(_path, name);
        PictureFile.Write(path, image);
        return path;
    }
}
