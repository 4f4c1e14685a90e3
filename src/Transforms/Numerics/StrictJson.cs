using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IGptMl.Numerics;

/// <summary>Reads JSON that these libraries wrote. Missing and unknown members are errors: a default for a damaged name would be another model.</summary>
internal static class StrictJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = JsonReflection.Resolver,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads JSON that must have exactly the members of <typeparamref name="T"/>.</summary>
    /// <exception cref="JsonException">The text is not JSON, or has other members.</exception>
    /// <exception cref="InvalidDataException">The value is null.</exception>
    internal static T Read<[DynamicallyAccessedMembers(JsonReflection.Members)] T>(Stream stream)
        where T : class
        => JsonReflection.Read<T>(stream, Options) ?? throw new InvalidDataException("It is null.");
}
