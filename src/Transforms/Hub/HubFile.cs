namespace IGptMl.Hub;

/// <summary>A file of a repository, as the hub describes it.</summary>
/// <param name="Name">Its name in the repository.</param>
/// <param name="Commit">The commit to which it belongs.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Hash">The hash that names its content in the cache: SHA-256, or Git's SHA-1 for small files.</param>
internal sealed record HubFile(string Name, string Commit, long Bytes, string Hash);
