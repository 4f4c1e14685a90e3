using System.Globalization;
using System.Net;
using IGptMl.Download;
using IGptMl.Formats;

namespace IGptMl.Models;

/// <summary>Downloads OpenAI's TensorFlow checkpoints with their palette, from the addresses in OpenAI's download script.</summary>
/// <remarks>
/// No checksums are published. The sizes, and Content-MD5 where the server sends it, are compared on arrival; the checkpoint's own checksums, one for every
/// variable, when it is loaded.
/// </remarks>
internal sealed class OpenAICheckpoints(ModelDownloaderOptions options)
{
    private const string PaletteAddress = "color-clusters/" + TensorFlowCheckpoint.PaletteFile;

    /// <summary>The checkpoint's prefix if it is complete on this machine; otherwise null. The index is renamed last, so it stands for the whole.</summary>
    internal string? Find(OpenAICheckpointName name)
        => PrefixOf(name) is var prefix && File.Exists(prefix + TensorFlowCheckpoint.IndexEnding) ? prefix : null;

    /// <summary>Downloads what is missing.</summary>
    /// <returns>The checkpoint's prefix.</returns>
    /// <exception cref="DownloadException">The server does not answer, or does not have the checkpoint; or disk space is insufficient.</exception>
    /// <exception cref="InvalidDataException">The index is damaged.</exception>
    internal async Task<string> GetAsync(OpenAICheckpointName name, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var prefix = PrefixOf(name);
        var folder = Path.GetDirectoryName(prefix)!;
        Directory.CreateDirectory(folder);
        using var web = new DownloadClient(options.Download);
        var indexPath = prefix + TensorFlowCheckpoint.IndexEnding;
        using var index = PartialFile.Open($"{indexPath}.partial");
        await CompleteAsync(web, await DescribeAsync(web, name, Path.GetFileName(indexPath), cancellationToken), index, null, cancellationToken);
        var shards = await ReadShardCountAsync(index, indexPath, cancellationToken);

        var missing = new List<(RemoteFile File, string Path)>();
        for (var shard = 0L; shard < shards; shard++)
        {
            var path = TensorFlowReader.PathOf(prefix, shard, shards);
            if (!File.Exists(path))
            {
                missing.Add((await DescribeAsync(web, name, Path.GetFileName(path), cancellationToken), path));
            }
        }

        var palette = Path.Combine(folder, TensorFlowCheckpoint.PaletteFile);
        if (!File.Exists(palette))
        {
            missing.Add((await DescribeAsync(web, name, new Uri(Root(), PaletteAddress), TensorFlowCheckpoint.PaletteFile, cancellationToken), palette));
        }

        DiskSpace.Require(options.Download, folder, missing.Sum(part => part.File.Bytes), name.ToString());
        var sum = new SummedProgress(progress, missing.Sum(part => part.File.Bytes));
        foreach (var (file, path) in missing)
        {
            using var partial = PartialFile.Open($"{path}.partial");
            await CompleteAsync(web, file, partial, sum, cancellationToken);
            partial.MoveTo(path);
            sum.Add(file.Bytes);
        }

        index.MoveTo(indexPath);
        return prefix;
    }

    private Task CompleteAsync(DownloadClient web, RemoteFile file, PartialFile partial, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
        => new VerifiedDownload(web, options.Download, progress).RunAsync(file, partial, cancellationToken);

    private static async Task<long> ReadShardCountAsync(PartialFile index, string path, CancellationToken cancellationToken)
    {
        var bytes = new byte[index.Content.Length];
        index.Content.Position = 0;
        await index.Content.ReadExactlyAsync(bytes, cancellationToken);
        try
        {
            return TensorFlowIndex.Parse(bytes, path).ShardCount;
        }
        catch (InvalidDataException)
        {
            index.Clear(); // so that the next call does not meet it again
            throw;
        }
    }

    private Task<RemoteFile> DescribeAsync(DownloadClient web, OpenAICheckpointName name, string file, CancellationToken cancellationToken)
        => DescribeAsync(web, name, new Uri(Root(), $"checkpoints/{name.Model}/{name.Steps.ToString(CultureInfo.InvariantCulture)}/{file}"), file,
            cancellationToken);

    private static async Task<RemoteFile> DescribeAsync(DownloadClient web, OpenAICheckpointName name, Uri address, string file,
        CancellationToken cancellationToken)
    {
        var title = $"'{file}' of {name}";
        using var response = await web.AskAsync(title, address, authorization: null, follows: null, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentLength is not { } bytes)
        {
            throw new DownloadException($"{title} ({address}) cannot be fetched: the server answered {(int)response.StatusCode} ({response.ReasonPhrase}). "
                + "The address is that of OpenAI's download script of 2020; it may no longer be served. The hub has the last autoregressive checkpoints as "
                + "openai/imagegpt-small, -medium and -large.");
        }

        return new RemoteFile
        {
            Title = title,
            Description = title,
            Address = address,
            Bytes = bytes,
            Checksum = response.Content.Headers.ContentMD5 is { } md5 ? new Checksum(ChecksumKind.Md5, Convert.ToHexStringLower(md5)) : null,
        };
    }

    private Uri Root() => new($"{options.CheckpointEndpoint.AbsoluteUri.TrimEnd('/')}/");

    private string PrefixOf(OpenAICheckpointName name) => Path.Combine(
        Path.GetFullPath(options.CheckpointFolder),
        name.Model,
        name.Steps.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"model.ckpt-{name.Steps}"));
}
