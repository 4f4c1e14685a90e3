using System.Text.Json;

namespace IGptMl.Numerics;

/// <summary>The errors of a damaged model file, which name the entry of the zip.</summary>
internal static class EntryErrors
{
    /// <summary>Calls <paramref name="read"/>, and reports invalid content as damage of the entry.</summary>
    /// <exception cref="InvalidDataException">The content cannot be read.</exception>
    internal static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or FormatException)
        {
            throw new InvalidDataException($"The model file is damaged: entry '{path}' cannot be read. {e.Message}", e);
        }
    }

    internal static InvalidDataException Missing(string path) => new($"The model file is damaged: entry '{path}' is missing.");
}
