using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using IGptMl.Numerics;

namespace IGptMl.Caching;

/// <summary>Results of parts of an experiment as JSON files, so that a second run with the same arguments reuses them.</summary>
internal static class ResultCache
{
    private const string Ending = ".json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, TypeInfoResolver = JsonReflection.Resolver };

    /// <summary>Returns the cached result with this key, or computes and caches a new one.</summary>
    internal static T GetOrCompute<[DynamicallyAccessedMembers(JsonReflection.Members)] T>(CacheFolder folder, CacheKey key, Func<T> compute)
        where T : class
    {
        if (folder.TryRead(key.FileName + Ending, stream => Read<T>(stream, key)) is { } kept)
        {
            return kept;
        }

        var result = compute();
        folder.TryWrite(key.FileName + Ending, stream => JsonReflection.Write(stream, new Entry<T>(key.Text, result), Json));
        return result;
    }

    private static T Read<[DynamicallyAccessedMembers(JsonReflection.Members)] T>(Stream stream, CacheKey key)
        where T : class
    {
        Entry<T>? entry;
        try
        {
            entry = JsonReflection.Read<Entry<T>>(stream, Json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"It is damaged. {e.Message}", e);
        }

        return entry?.Key == key.Text && entry.Result is { } result ? result : throw new InvalidDataException("It contains another result.");
    }

    private sealed record Entry<T>(string Key, T? Result);
}
