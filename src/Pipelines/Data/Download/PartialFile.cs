namespace IGptMl.Data.Download;

/// <summary>
/// The part of an archive that has come so far, with what its server said to know the version by. While it is open no other process gets it, so two that fetch the same data
/// set do not write into one file.
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

    /// <summary>The server's ETag or date of the version that the bytes are of, as its header has it; null if none is known.</summary>
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

    /// <summary>Opens what an earlier run has left, or an empty file.</summary>
    /// <exception cref="DownloadException">Another process has it.</exception>
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

    /// <summary>Forgets everything that has come.</summary>
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
