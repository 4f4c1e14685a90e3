using System.Text;
using IGptMl.Download;
using IGptMl.Formats;

namespace IGptMl.Hub;

/// <summary>
/// The hub's cache on this machine, in the layout that other programs share: the content of files in blobs, named by hash; a folder of links for each commit
/// in snapshots; the commit of each branch in refs; and locks beside. The layout is that of Hugging Face's documentation, "Hub Local Cache".
/// </summary>
internal sealed class HubCache(string folder)
{
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder of the cache.</summary>
    internal string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>The folder that the environment names: HF_HUB_CACHE, or hub in HF_HOME; by default ~/.cache/huggingface/hub.</summary>
    internal static string DefaultFolder => Variable("HF_HUB_CACHE") ?? Variable("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(Home, "hub");

    /// <summary>The folder of the hub's settings: HF_HOME, or huggingface in XDG_CACHE_HOME; by default ~/.cache/huggingface.</summary>
    internal static string Home => Variable("HF_HOME") ?? Path.Combine(
        Variable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache"),
        "huggingface");

    /// <summary>An environment variable; null if it is empty.</summary>
    internal static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The folder of a revision's files; null if the revision is not in the cache. Files may be missing.</summary>
    internal string? FindSnapshot(HubName name)
    {
        var commit = name.IsCommit ? name.Revision : ReadReference(name);
        return commit is not null && SnapshotOf(name, commit) is var snapshot && Directory.Exists(snapshot) ? snapshot : null;
    }

    /// <summary>The repository and commit of a folder, if it has the path of a snapshot in any cache.</summary>
    internal static HubName? FindName(string folder)
    {
        var parts = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)).Split(Path.DirectorySeparatorChar);
        return parts is [.., var repository, "snapshots", var commit] && HubName.IsCommitHash(commit)
            && repository.Split("--") is ["models", var owner, var name]
            && HubName.TryParse($"{owner}/{name}@{commit}", out var found) ? found : null;
    }

    /// <summary>The path of a file in a snapshot; null if it is missing, or a link to a missing blob.</summary>
    internal static string? Find(string snapshot, string file)
    {
        var found = new FileInfo(Path.Combine(snapshot, file));
        return found.Exists && (found.ResolveLinkTarget(returnFinalTarget: true)?.Exists ?? true) ? found.FullName : null;
    }

    /// <summary>The folder of a commit's files.</summary>
    internal string SnapshotOf(HubName name, string commit) => Path.Combine(RepositoryOf(name), "snapshots", commit);

    /// <summary>Records the commit of a branch or tag.</summary>
    internal void WriteReference(HubName name, string commit)
    {
        if (name.IsCommit)
        {
            return;
        }

        var path = ReferenceOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(commit)));
    }

    /// <summary>Adds a file to its snapshot. If its content is not in the cache, it is downloaded, by one process at a time.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="file">The file.</param>
    /// <param name="download">Completes and verifies the partial file that it is given.</param>
    /// <param name="progress">Receives that another process has to be waited for.</param>
    /// <param name="cancellationToken">Cancels the download; the part is kept.</param>
    /// <returns>The path in the snapshot.</returns>
    internal async Task<string> AddAsync(HubName name, HubFile file, Func<PartialFile, Task> download, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        var snapshot = SnapshotOf(name, file.Commit);
        if (Find(snapshot, file.Name) is { } existing)
        {
            return existing;
        }

        var blobs = Directory.CreateDirectory(Path.Combine(RepositoryOf(name), "blobs")).FullName;
        var blob = Path.Combine(blobs, file.Hash);
        using (await LockAsync(name, file, progress, cancellationToken))
        {
            if (!File.Exists(blob))
            {
                using var partial = PartialFile.Open($"{blob}.incomplete", hasVersion: false);
                await download(partial);
                partial.MoveTo(blob);
            }

            Directory.CreateDirectory(snapshot);
            return Link(blob, Path.Combine(snapshot, file.Name), $"../../blobs/{file.Hash}");
        }
    }

    /// <summary>The bytes of a file that are in the cache, also of an incomplete download.</summary>
    internal long BytesOf(HubName name, HubFile file)
    {
        var blob = new FileInfo(Path.Combine(RepositoryOf(name), "blobs", file.Hash));
        var part = new FileInfo($"{blob.FullName}.incomplete");
        return Find(SnapshotOf(name, file.Commit), file.Name) is not null || blob.Exists ? file.Bytes : part.Exists ? Math.Min(part.Length, file.Bytes) : 0;
    }

    private string RepositoryOf(HubName name) => Path.Combine(Folder, FolderNameOf(name));

    private static string FolderNameOf(HubName name) => $"models--{name.Repository.Replace("/", "--", StringComparison.Ordinal)}";

    private string ReferenceOf(HubName name) => Path.Combine(RepositoryOf(name), "refs", name.Revision);

    private string? ReadReference(HubName name)
    {
        var path = ReferenceOf(name);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && HubName.IsCommitHash(commit) ? commit : null;
    }

    /// <summary>Waits until no other process downloads the same content. The lock is the one that other programs use.</summary>
    private async Task<FileStream> LockAsync(HubName name, HubFile file, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var locks = Directory.CreateDirectory(Path.Combine(Folder, ".locks", FolderNameOf(name))).FullName;
        var path = Path.Combine(locks, $"{file.Hash}.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                progress?.Report(new DownloadProgress { Stage = DownloadStage.Waiting, Done = BytesOf(name, file), Total = file.Bytes });
                await Task.Delay(LockInterval, cancellationToken);
            }
        }
    }

    /// <summary>Links a name to a blob. Where links are not possible, as on Windows without developer mode, the blob itself gets the name.</summary>
    private static string Link(string blob, string path, string target)
    {
        File.Delete(path); // a link to a blob that is missing
        try
        {
            File.CreateSymbolicLink(path, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            File.Move(blob, path);
        }

        return path;
    }
}
