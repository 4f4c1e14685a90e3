using System.Text.Json;

namespace IGptMl.Caching;

/// <summary>Finished parts of an experiment as json files, so that a second run with the same arguments takes them.</summary>
internal static class ResultCache
{
    private const string Ending = ".json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The result of that key: the kept one, or a new one, which is then kept.</summary>
    internal static T GetOrCompute<T>(CacheFolder folder, CacheKey key, Func<T> compute)
        where T : class
    {
        if (folder.TryRead(key.FileName + Ending, stream => Read<T>(stream, key)) is { } kept)
        {
            return kept;
        }

        var result = compute();
        folder.TryWrite(key.FileName + Ending, stream => JsonSerializer.Serialize(stream, new Entry<T>(key.Text, result), Json));
        return result;
    }

    private static T Read<T>(Stream stream, CacheKey key)
        where T : class
    {
        Entry<T>? entry;
        try
        {
            entry = JsonSerializer.Deserialize<Entry<T>>(stream, Json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"It is damaged. {e.Message}", e);
        }

        return entry?.Key == key.Text && entry.Result is { } result ? result : throw new InvalidDataException("It holds another result.");
    }

    private sealed record Entry<T>(string Key, T? Result);
}
