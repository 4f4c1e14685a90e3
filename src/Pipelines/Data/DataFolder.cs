namespace IGptMl.Data;

/// <summary>The folder that an archive of a published data set is unpacked to.</summary>
internal static class DataFolder
{
    /// <summary>The folder itself, or its subfolder of the archive's name if the files are there.</summary>
    /// <param name="dataSet">The name of the data set, for errors.</param>
    /// <param name="folder">What the user named.</param>
    /// <param name="subfolder">The folder in the archive.</param>
    /// <param name="marker">A file that the folder has.</param>
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

    /// <summary>Reads a file that has a class name a line.</summary>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    /// <exception cref="InvalidDataException">There are not so many different names.</exception>
    public static string[] ReadClassNames(string dataSet, string path, int classes)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{dataSet}'s class names are missing: '{path}' does not exist.", path);
        }

        var names = File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        return names.Distinct().Count() == classes && names.Length == classes
            ? names
            : throw new InvalidDataException($"'{path}' must have {classes} different class names, one a line; it has {names.Length} lines, {names.Distinct().Count()} of them different.");
    }
}
