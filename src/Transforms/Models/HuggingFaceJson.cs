using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using IGptMl.Numerics;

namespace IGptMl.Models;

/// <summary>Reads the settings files of a Hugging Face folder.</summary>
internal static class HuggingFaceJson
{
    private static readonly JsonSerializerOptions Json = new() { RespectNullableAnnotations = true, TypeInfoResolver = JsonReflection.Resolver };

    /// <summary>Reads a file. Unknown properties are ignored.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON, or a property has another type.</exception>
    internal static T Read<[DynamicallyAccessedMembers(JsonReflection.Members)] T>(string path)
        where T : class
    {
        var text = TextFile.Read(path, "the settings of a model, in JSON");
        try
        {
            return JsonReflection.Read<T>(text, Json) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
