using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IGptMl.Caching;

/// <summary>All that a cached value depends on, in one text, and the file name that follows from it.</summary>
/// <param name="Name">What the value is, for people: the beginning of the file name.</param>
/// <param name="Text">What the value depends on, as json: two values with the same text are the same.</param>
internal sealed record CacheKey(string Name, string Text)
{
    private const int DigestDigits = 24;

    /// <summary>The name and a digest of the text.</summary>
    internal string FileName => $"{Name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..DigestDigits]}";

    /// <summary>The key of a value that depends on all parts of <paramref name="parts"/>.</summary>
    internal static CacheKey Of<T>(string name, T parts) => new(name, JsonSerializer.Serialize(parts));
}
