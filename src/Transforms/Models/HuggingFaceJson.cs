using System.Text.Json;

namespace IGptMl.Models;

/// <summary>Reads the settings files of a Hugging Face folder.</summary>
internal static class HuggingFaceJson
{
    private static readonly JsonSerializerOptions Json = new() { RespectNullableAnnotations = true };

    /// <summary>Reads a file. Unknown properties are ignored.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON, or a property has another type.</exception>
    internal static T Read<T>(string path)
        where T : class
    {
        using var stream = File.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize<T>(stream, Json) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
