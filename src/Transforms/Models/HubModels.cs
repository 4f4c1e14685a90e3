using IGptMl.Download;
using IGptMl.Formats;
using IGptMl.Hub;

namespace IGptMl.Models;

/// <summary>Downloads models in Hugging Face's format from the hub.</summary>
internal sealed class HubModels(ModelDownloaderOptions options)
{
    private readonly HubCache _cache = new(options.HubCacheFolder);

    /// <summary>The folder of a model that is complete on this machine; otherwise null.</summary>
    internal string? Find(HubName name) => _cache.FindSnapshot(name) is { } snapshot && IsComplete(snapshot) ? snapshot : null;

    /// <summary>Downloads what is missing: the architecture first, so that nothing large is downloaded for another kind of model.</summary>
    /// <returns>The model's folder.</returns>
    /// <exception cref="DownloadException">The hub does not answer or refuses, or disk space is insufficient.</exception>
    /// <exception cref="InvalidDataException">It is not an Image GPT, or a file has another checksum.</exception>
    internal async Task<string> GetAsync(HubName name, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var web = new DownloadClient(options.Download);
        var client = new HubClient(options.Endpoint, options.Token, _cache, web, options.Download);
        var config = await client.FindAsync(name, HuggingFaceConfig.FileName, cancellationToken)
            ?? throw new InvalidDataException($"{name} has no '{HuggingFaceConfig.FileName}' on {options.Endpoint.Host}, so it is not a model.");
        CheckIsImageGpt(name, await client.GetAsync(name, config, null, cancellationToken));

        var pinned = name with { Revision = config.Commit }; // all files of one commit, also if another is pushed now
        List<HubFile> files = [.. await FindWeightsAsync(client, pinned, cancellationToken)];
        if (await client.FindAsync(pinned, HuggingFaceProcessor.FileName, cancellationToken) is { } processor)
        {
            files.Insert(0, processor);
        }

        Directory.CreateDirectory(_cache.Folder);
        DiskSpace.Require(options.Download, _cache.Folder, files.Sum(file => file.Bytes - _cache.BytesOf(pinned, file)), name.ToString());
        var sum = new SummedProgress(progress, files.Sum(file => file.Bytes));
        foreach (var file in files)
        {
            await client.GetAsync(pinned, file, sum, cancellationToken);
            sum.Add(file.Bytes);
        }

        _cache.WriteReference(name, config.Commit);
        return _cache.SnapshotOf(name, config.Commit);
    }

    private static void CheckIsImageGpt(HubName name, string config)
    {
        try
        {
            HuggingFaceConfig.Read(config);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{name} is not an Image GPT that this library runs; its weights were not downloaded. {e.Message}", e);
        }
    }

    /// <summary>The files of weights, in the format that is preferred.</summary>
    private static async Task<IReadOnlyList<HubFile>> FindWeightsAsync(HubClient client, HubName name, CancellationToken cancellationToken)
    {
        foreach (var candidate in HuggingFaceFolder.WeightFileNames)
        {
            if (await client.FindAsync(name, candidate, cancellationToken) is not { } file)
            {
                continue;
            }

            if (!HuggingFaceFolder.IsIndex(candidate))
            {
                return [file];
            }

            var files = new List<HubFile> { file };
            foreach (var shard in ShardedReader.ReadFileNames(await client.GetAsync(name, file, null, cancellationToken)))
            {
                files.Add(await client.FindAsync(name, shard, cancellationToken)
                    ?? throw new InvalidDataException($"'{candidate}' of {name} names the file '{shard}', which does not exist."));
            }

            return files;
        }

        throw new InvalidDataException(
            $"{name} has no weights; expected one of {string.Join(", ", HuggingFaceFolder.WeightFileNames.Select(file => $"'{file}'"))}.");
    }

    /// <summary>Whether a snapshot has all that loading needs. Other programs may have stored a part of the files only.</summary>
    private static bool IsComplete(string snapshot)
    {
        if (HubCache.Find(snapshot, HuggingFaceConfig.FileName) is null)
        {
            return false;
        }

        var weights = HuggingFaceFolder.WeightFileNames.FirstOrDefault(file => HubCache.Find(snapshot, file) is not null);
        return weights is not null
            && (!HuggingFaceFolder.IsIndex(weights)
                || ShardedReader.ReadFileNames(Path.Combine(snapshot, weights)).All(shard => HubCache.Find(snapshot, shard) is not null));
    }
}
