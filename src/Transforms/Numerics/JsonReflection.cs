using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace IGptMl.Numerics;

/// <summary>
/// JSON by reflection, asked for explicitly: the default of the runtime is off in applications that are built for trimming, such as those of a single C# file.
/// </summary>
internal static class JsonReflection
{
    /// <summary>For options with settings of their own.</summary>
    internal static IJsonTypeInfoResolver Resolver { get; } = new DefaultJsonTypeInfoResolver();

    /// <summary>The default settings.</summary>
    internal static JsonSerializerOptions Options { get; } = new() { TypeInfoResolver = Resolver };
}
