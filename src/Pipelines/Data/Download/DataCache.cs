namespace IGptMl;

/// <summary>The folder that downloaded data sets are kept in.</summary>
public static class DataCache
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string Variable = "IGPTML_DATA";

    /// <summary>The folder that <see cref="Variable"/> names, or else igptml/data below the user's local application data (on Linux ~/.local/share).</summary>
    public static string Folder
        => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "igptml", "data");

    /// <summary>The folder of a data set's files in the cache; null if it is not there, or not complete.</summary>
    /// <param name="data">The data set.</param>
    public static string? Find(PublishedData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var folder = Path.Combine(Folder, data.Folder);
        return data.IsCompleteIn(folder, out _) ? folder : null;
    }
}
