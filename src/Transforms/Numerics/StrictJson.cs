using System.Text.Json;
using System.Text.Json.Serialization;

namespace IGptMl.Numerics;

/// <summary>Reads json that we wrote. It is strict, because a default in the place of a name that was damaged would be another model.</summary>
internal static class StrictJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads json that must hold a value with exactly the members of <typeparamref name="T"/>.</summary>
    /// <exception cref="JsonException">It is no json, or has other members.</exception>
    /// <exception cref="InvalidDataException">It holds null.</exception>
    internal static T Read<T>(Stream stream)
        where T : class
        => JsonSerializer.Deserialize<T>(stream, Options) ?? throw new InvalidDataException("It holds null.");
}
