using IGptMl.Numerics;

namespace IGptMl.Data;

/// <summary>Finds the folder of an unpacked data set, and reads its class names.</summary>
internal static class DataFolder
{
    /// <summary>The given folder, or its subfolder with the archive's name if that one contains the files.</summary>
    /// <param name="dataSet">The name of the data set in error messages.</param>
    /// <param name="folder">The folder that the user gave.</param>
    /// <param name="subfolder">The folder in the archive.</param>
    /// <param name="marker">The name of a file that the data set has.</param>
    /// <exception cref="ArgumentException">The folder's name is blank.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static string Find(string dataSet, string folder, string subfolder, string marker)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{dataSet} folder '{folder}' does not exist.");
        }

        var below = Path.Combine(folder, subfolder);
        return !File.Exists(Path.Combine(folder, marker)) && Directory.Exists(below) ? below : folder;
    }

    /// <summary>Reads a file with one class name per line.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file does not have this number of distinct names.</exception>
    public static string[] ReadClassNames(string dataSet, string path, int classes)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{dataSet}'s class names are missing: '{path}' does not exist.", path);
        }

        var names = TextFile.ReadLines(path, $"the class names of {dataSet}").Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        return names.Distinct().Count() == classes && names.Length == classes
            ? names
            : throw new InvalidDataException(
                $"'{path}' must have {classes} different class names, one per line; it has {names.Length} lines, {names.Distinct().Count()} different.");
    }
}
