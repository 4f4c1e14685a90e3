namespace IGptMl.Tests.Download;

/// <summary>An answer of a <see cref="WebServer"/>.</summary>
internal sealed record WebAnswer(string Status, byte[] Content, params (string Name, string Value)[] Headers)
{
    internal static WebAnswer NotFound { get; } = new("404 Not Found", []);
}
