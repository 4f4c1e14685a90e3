namespace IGptMl.Data.Download;

/// <summary>
/// The downloaded part of an archive, and the server's version identifier for it. While it is open, no other process can open it, so two downloads of the
/// same data set never write to one file.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _path;

    private PartialFile(string path, FileStream content)
    {
        _path = path;
        Content = content;
    }

    /// <summary>The bytes, open for reading and writing.</summary>
    public FileStream Content { get; }

    /// <summary>The ETag or date header of the version to which the bytes belong; null if unknown.</summary>
    public string? Version
    {
        get => File.Exists(VersionPath) ? File.ReadAllText(VersionPath) : null;
        set
        {
            if (value is null)
            {
                File.Delete(VersionPath);
            }
            else
            {
                File.WriteAllText(VersionPath, value);
            }
        }
    }

    private string VersionPath => $"{_path}.version";

    /// <summary>Opens the file that an earlier run has left, or creates an empty one.</summary>
    /// <exception cref="DownloadException">Another process has opened the file.</exception>
    public static PartialFile Open(string path)
    {
        try
        {
            return new PartialFile(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new DownloadException($"'{path}' is in use: is the same data set being fetched by another process? ({e.Message})", e);
        }
    }

    /// <summary>Discards all downloaded bytes.</summary>
    public void Clear()
    {
        Content.SetLength(0);
        Version = null;
    }

    /// <summary>Removes the file.</summary>
    public void Delete()
    {
        Clear();
        Content.Dispose();
        File.Delete(_path);
    }

    /// <inheritdoc/>
    public void Dispose() => Content.Dispose();
}
