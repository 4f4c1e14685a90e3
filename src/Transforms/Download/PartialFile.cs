namespace IGptMl.Download;

/// <summary>
/// The downloaded part of a file, and the server's version identifier for it. While it is open, no other process can open it, so two downloads of the
/// same thing never write to one file.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _path;
    private readonly bool _hasVersion;

    private PartialFile(string path, FileStream content, bool hasVersion)
    {
        _path = path;
        Content = content;
        _hasVersion = hasVersion;
    }

    /// <summary>The bytes, open for reading and writing.</summary>
    public FileStream Content { get; }

    /// <summary>The ETag or date header of the version to which the bytes belong; null if unknown.</summary>
    public string? Version
    {
        get => _hasVersion && File.Exists(VersionPath) ? File.ReadAllText(VersionPath) : null;
        set
        {
            if (!_hasVersion)
            {
                return;
            }

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
    /// <param name="path">The path.</param>
    /// <param name="hasVersion">Whether the version is kept; not needed where the path names the content, as in a hub's cache.</param>
    /// <exception cref="DownloadException">Another process has opened the file.</exception>
    public static PartialFile Open(string path, bool hasVersion = true)
    {
        try
        {
            return new PartialFile(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), hasVersion);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new DownloadException($"'{path}' is in use: is it being fetched by another process? ({e.Message})", e);
        }
    }

    /// <summary>Discards all downloaded bytes.</summary>
    public void Clear()
    {
        Content.SetLength(0);
        Version = null;
    }

    /// <summary>Gives the complete file its name. The file is closed.</summary>
    public void MoveTo(string path)
    {
        Version = null;
        Content.Flush(flushToDisk: true);
        Content.Dispose();
        File.Move(_path, path, overwrite: true);
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
