using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using IGptMl.Tests.Download;
using IGptMl.Tests.Formats;

namespace IGptMl.Tests.Hub;

/// <summary>
/// Two web servers that behave as the Hugging Face hub does: one describes the files of a repository and sends the small ones, and
/// redirects to the other, on another port, for the large ones.
/// </summary>
internal sealed class HubServer : IDisposable
{
    internal const string Name = "openai/imagegpt-tiny";
    internal const string FirstCommit = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private const int LargeBytes = 10_000;

    private readonly WebServer _hub;

    private readonly string _name;

    /// <param name="name">The name of its repository.</param>
    internal HubServer(string name = Name)
    {
        _name = name;
        Storage = new WebServer(Store);
        _hub = new WebServer(Answer);
        foreach (var file in (string[])["config.json", "preprocessor_config.json", "pytorch_model.bin"])
        {
            Files[file] = File.ReadAllBytes(TestData.PathOf("tiny", file));
        }
    }

    /// <summary>The token that it demands; null for none.</summary>
    internal string? Token { get; set; }

    internal string Commit { get; set; } = FirstCommit;

    internal Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Files whose content is not what their hash says.</summary>
    internal Dictionary<string, byte[]> Forged { get; } = [];

    /// <summary>Answers to the next requests instead of the right ones.</summary>
    internal ConcurrentQueue<WebAnswer> Instead { get; } = new();

    internal Uri Address => _hub.Address;

    internal WebServer Storage { get; }

    /// <summary>What the hub itself was asked: method and file.</summary>
    internal string[] Asked => [.. _hub.Requests.Select(request => $"{request.Method} {request.Path.Split('/')[^1]}")];

    internal IEnumerable<WebRequest> Requests => _hub.Requests;

    internal static string HashOf(byte[] content) => content.Length >= LargeBytes
        ? Convert.ToHexStringLower(SHA256.HashData(content))
        : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    public void Dispose()
    {
        _hub.Dispose();
        Storage.Dispose();
    }

    private WebAnswer Answer(WebRequest request)
    {
        if (Instead.TryDequeue(out var instead))
        {
            return instead;
        }

        if (Token is not null && request.Authorization != $"Bearer {Token}")
        {
            return request.Authorization.Length == 0
                ? Error("401 Unauthorized", "RepoNotFound", "Repository not found")
                : new WebAnswer("401 Unauthorized", [], ("X-Error-Message", "Invalid credentials in Authorization header"));
        }

        var parts = request.Path.TrimStart('/').Split('/');
        if (parts is ["openai", "old-name", ..])
        {
            return new WebAnswer("307 Temporary Redirect", [], ("Location", request.Path.Replace("old-name", "imagegpt-tiny", StringComparison.Ordinal)));
        }

        if (parts is not [var owner, var repository, "resolve", var revision, var name] || $"{owner}/{repository}" != _name)
        {
            return Error("404 Not Found", "RepoNotFound", "Repository not found");
        }

        if (revision != "main" && revision != Commit && revision != "refs%2Fpr%2F2")
        {
            return Error("404 Not Found", "RevisionNotFound", $"Invalid rev id: {revision}");
        }

        if (!Files.TryGetValue(name, out var content))
        {
            return Error("404 Not Found", "EntryNotFound", "Entry not found");
        }

        var hash = HashOf(content);
        (string, string)[] headers = [("X-Repo-Commit", Commit), ("ETag", $"\"{hash}\"")];
        return content.Length < LargeBytes
            ? new WebAnswer("200 OK", Forged.GetValueOrDefault(name, content), headers)
            : new WebAnswer("302 Found", [], [
                ("X-Repo-Commit", Commit), ("ETag", "\"not the content's\""), ("X-Linked-Etag", $"\"{hash}\""), ("X-Linked-Size", $"{content.Length}"),
                ("Location", new Uri(Storage.Address, $"/{name}?signature=1").AbsoluteUri),
            ]);
    }

    private static WebAnswer Error(string status, string code, string message) => new(status, [], ("X-Error-Code", code), ("X-Error-Message", message));

    private WebAnswer Store(WebRequest request)
    {
        var name = request.Path.TrimStart('/').Split('?')[0];
        return new WebAnswer("200 OK", Forged.GetValueOrDefault(name, Files[name]), ("ETag", "\"storage\""));
    }
}
