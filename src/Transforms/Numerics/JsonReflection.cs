using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace IGptMl.Numerics;

/// <summary>
/// JSON by reflection, also in applications that are trimmed or built from a single C# file, where the default of the runtime is off. The members of the types
/// are kept there by the annotations here. Generated serializers are not used, because they would set a missing optional member to zero instead of to the
/// default that its type gives it.
/// </summary>
internal static class JsonReflection
{
    /// <summary>The members of a type that JSON reads and writes.</summary>
    internal const DynamicallyAccessedMemberTypes Members = DynamicallyAccessedMemberTypes.PublicConstructors
        | DynamicallyAccessedMemberTypes.NonPublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicFields;

    private const string Trimming = "Trimming";
    private const string Unreferenced = "IL2026";
    private const string Kept = "The members of T are kept by its annotation; those of its properties' types are primitive, or are used as T elsewhere.";

    /// <summary>For options with settings of their own.</summary>
    internal static IJsonTypeInfoResolver Resolver { get; } = CreateResolver();

    /// <summary>The default settings.</summary>
    internal static JsonSerializerOptions Options { get; } = new() { TypeInfoResolver = Resolver };

    /// <summary>Writes a value to a string.</summary>
    [UnconditionalSuppressMessage(Trimming, Unreferenced, Justification = Kept)]
    internal static string Write<[DynamicallyAccessedMembers(Members)] T>(T value, JsonSerializerOptions? options = null)
        => JsonSerializer.Serialize(value, options ?? Options);

    /// <summary>Writes a value to bytes in UTF-8.</summary>
    [UnconditionalSuppressMessage(Trimming, Unreferenced, Justification = Kept)]
    internal static byte[] WriteBytes<[DynamicallyAccessedMembers(Members)] T>(T value, JsonSerializerOptions? options = null)
        => JsonSerializer.SerializeToUtf8Bytes(value, options ?? Options);

    /// <summary>Writes a value to a stream in UTF-8.</summary>
    [UnconditionalSuppressMessage(Trimming, Unreferenced, Justification = Kept)]
    internal static void Write<[DynamicallyAccessedMembers(Members)] T>(Stream stream, T value, JsonSerializerOptions? options = null)
        => JsonSerializer.Serialize(stream, value, options ?? Options);

    /// <summary>Reads a value.</summary>
    /// <exception cref="JsonException">The text is not JSON of this type.</exception>
    [UnconditionalSuppressMessage(Trimming, Unreferenced, Justification = Kept)]
    internal static T? Read<[DynamicallyAccessedMembers(Members)] T>(string text, JsonSerializerOptions? options = null)
        => JsonSerializer.Deserialize<T>(text, options ?? Options);

    /// <summary>Reads a value from bytes in UTF-8.</summary>
    /// <exception cref="JsonException">The bytes are not JSON of this type.</exception>
    [UnconditionalSuppressMessage(Trimming, Unreferenced, Justification = Kept)]
    internal static T? Read<[DynamicallyAccessedMembers(Members)] T>(ReadOnlySpan<byte> bytes, JsonSerializerOptions? options = null)
        => JsonSerializer.Deserialize<T>(bytes, options ?? Options);

    /// <summary>Reads a value from a stream in UTF-8.</summary>
    /// <exception cref="JsonException">The stream is not JSON of this type.</exception>
    [UnconditionalSuppressMessage(Trimming, Unreferenced, Justification = Kept)]
    internal static T? Read<[DynamicallyAccessedMembers(Members)] T>(Stream stream, JsonSerializerOptions? options = null)
        => JsonSerializer.Deserialize<T>(stream, options ?? Options);

    [UnconditionalSuppressMessage(Trimming, Unreferenced, Justification = Kept)]
    private static DefaultJsonTypeInfoResolver CreateResolver() => new();
}
