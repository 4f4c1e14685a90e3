namespace IGptMl.Tests.Download;

/// <summary>An answer of a <see cref="WebServer"/>.</summary>
internal sealed record WebAnswer(string Status, byte[] Content, params (string Name, string Value)[] Headers)
{
    /// <summary>Whether a range of the content is sent if it is asked for.</summary>
    internal bool KnowsRanges { get; init; } = true;

    /// <summary>Whether the content is the version of an If-Range header; an empty one accepts any.</summary>
    internal bool Satisfies(string ifRange) => ifRange.Length == 0 || Headers.Contains(("ETag", ifRange));

    internal static WebAnswer NotFound { get; } = new("404 Not Found", []);
}
