using System.Text;

namespace IGptMl.Numerics;

/// <summary>
/// Reads text files strictly: as UTF-8, as a byte order mark says, or in an encoding that is given. Bytes that are not text in that encoding are refused, as
/// replacing them would make one name out of several.
/// </summary>
internal static class TextFile
{
    /// <summary>The encodings with a byte order mark, the longer marks first, as that of UTF-32 begins with that of UTF-16.</summary>
    private static readonly Encoding[] Marked =
    [
        new UTF32Encoding(bigEndian: false, byteOrderMark: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
    ];

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What the file should be, for errors, such as "a list of images".</param>
    /// <param name="encoding">The encoding of a file without a byte order mark; null for UTF-8.</param>
    /// <param name="remedy">How the user can give another encoding, as a part of a sentence; null if that is not possible.</param>
    /// <exception cref="InvalidDataException">The file is not text in the encoding; the message names the file and the line.</exception>
    internal static string Read(string path, string expected, Encoding? encoding = null, string? remedy = null)
    {
        var bytes = File.ReadAllBytes(path);
        FileKind.Of(bytes.AsSpan(0, Math.Min(bytes.Length, FileKind.StartBytes)), bytes.Length).Require(path, expected, FileForm.Json);
        return Decode(bytes, path, encoding, remedy);
    }

    /// <summary>Reads the lines of a file.</summary>
    /// <inheritdoc cref="Read"/>
    internal static IEnumerable<string> ReadLines(string path, string expected) => LinesOf(Read(path, expected));

    /// <summary>The lines of a text, ended as on any platform.</summary>
    internal static IEnumerable<string> LinesOf(string text)
    {
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>Decodes the bytes of a text.</summary>
    /// <exception cref="InvalidDataException">They are not text in the encoding; the message names <paramref name="source"/> and the line.</exception>
    internal static string Decode(ReadOnlySpan<byte> bytes, string source, Encoding? encoding = null, string? remedy = null)
    {
        var used = encoding ?? Encoding.UTF8;
        foreach (var marked in Marked)
        {
            if (bytes.StartsWith(marked.Preamble))
            {
                used = marked;
                bytes = bytes[marked.Preamble.Length..];
                break;
            }
        }

        used = (Encoding)used.Clone();
        used.DecoderFallback = DecoderFallback.ExceptionFallback;
        try
        {
            var text = used.GetString(bytes);
            var nul = text.IndexOf('\0', StringComparison.Ordinal);
            return nul < 0
                ? text
                : throw Error(source, text.AsSpan(0, nul), "has a NUL character, as binary data and UTF-16 without a byte order mark have", remedy);
        }
        catch (DecoderFallbackException e)
        {
            var invalid = Convert.ToHexString(e.BytesUnknown ?? []);
            throw Error(source, used.GetString(bytes[..Math.Max(0, e.Index)]), $"has the bytes 0x{invalid}, which are not {used.WebName}", remedy);
        }
    }

    private static InvalidDataException Error(string source, ReadOnlySpan<char> before, string problem, string? remedy) =>
        new($"'{source}', line {before.Count('\n') + 1}, {problem}. Save the file as UTF-8{(remedy is null ? string.Empty : $", or {remedy}")}.");
}
