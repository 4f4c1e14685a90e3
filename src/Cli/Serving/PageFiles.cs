namespace IGptMl.Cli.Serving;

/// <summary>The page with its style and script, which are resources of this assembly.</summary>
internal static class PageFiles
{
    /// <summary>The paths of the files, with the content and its type. There are no other files.</summary>
    internal static IReadOnlyDictionary<string, (byte[] Content, string Type)> All { get; } = new Dictionary<string, (byte[] Content, string Type)>
    {
        ["/"] = (Read("index.html"), "text/html; charset=utf-8"),
        ["/page.css"] = (Read("page.css"), "text/css; charset=utf-8"),
        ["/page.js"] = (Read("page.js"), "text/javascript; charset=utf-8"),
        ["/pictures.js"] = (Read("pictures.js"), "text/javascript; charset=utf-8"),
        ["/run.js"] = (Read("run.js"), "text/javascript; charset=utf-8"),
    };

    private static byte[] Read(string name)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream($"IGptMl.Cli.Serving.{name}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
