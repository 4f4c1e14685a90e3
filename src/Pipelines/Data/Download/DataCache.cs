namespace IGptMl;

/// <summary>The folder in which downloaded data sets are stored.</summary>
public static class DataCache
{
    /// <summary>The environment variable that overrides the folder.</summary>
    public const string Variable = "IGPTML_DATA";

    /// <summary>The folder that <see cref="Variable"/> names; by default igptml/data in the user's local application data (on Linux ~/.local/share).</summary>
    public static string Folder
        => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "igptml",
                "data");

    /// <summary>The folder of a data set's files in the cache, or null if the data set is missing or incomplete.</summary>
    /// <param name="data">The data set.</param>
    public static string? Find(PublishedData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var folder = Path.Combine(Folder, data.Folder);
        return data.IsCompleteIn(folder, out _) ? folder : null;
    }
}
