using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using IGptMl.Numerics;

namespace IGptMl.Caching;

/// <summary>Everything that a cached value depends on, as text, and the file name derived from it.</summary>
/// <param name="Name">A readable name, which starts the file name.</param>
/// <param name="Text">Everything that the value depends on, as JSON: values with the same text are the same.</param>
internal sealed record CacheKey(string Name, string Text)
{
    private const int DigestDigits = 24;

    /// <summary>The name, followed by a digest of the text.</summary>
    internal string FileName => $"{Name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..DigestDigits]}";

    /// <summary>Creates the key of a value that depends on all properties of <paramref name="parts"/>.</summary>
    internal static CacheKey Of<[DynamicallyAccessedMembers(JsonReflection.Members)] T>(string name, T parts) => new(name, JsonReflection.Write(parts));
}
