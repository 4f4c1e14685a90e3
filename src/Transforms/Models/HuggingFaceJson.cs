using System.Text.Json;

namespace IGptMl.Models;

/// <summary>The settings files of a Hugging Face folder.</summary>
internal static class HuggingFaceJson
{
    private static readonly JsonSerializerOptions Json = new() { RespectNullableAnnotations = true };

    /// <summary>Reads a file; properties that are not known are passed over.</summary>
    /// <exception cref="InvalidDataException">It is no json, or a property has another type.</exception>
    internal static T Read<T>(string path)
        where T : class
    {
        using var stream = File.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize<T>(stream, Json) ?? throw new JsonException("it holds null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
