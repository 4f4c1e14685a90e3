using System.Collections.Concurrent;
using IGptMl.Tests.Download;

namespace IGptMl.Tests.Data.Download;

/// <summary>A <see cref="WebServer"/> that serves one file and can misbehave.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly WebServer _server;

    internal FileServer(byte[] content)
    {
        Content = content;
        _server = new WebServer(Answer);
        Address = new Uri(_server.Address, "data.tar.gz");
    }

    internal Uri Address { get; }

    internal byte[] Content { get; set; }

    /// <summary>Whether it supports range requests.</summary>
    internal bool KnowsRanges { get; init; } = true;

    /// <summary>The ETag of the content, with its quotes.</summary>
    internal string? Tag { get; set; } = "\"first\"";

    /// <summary>Statuses, such as "503 Busy", that the next requests get instead of the content.</summary>
    internal ConcurrentQueue<string> Statuses { get; init; } = new();

    /// <summary>The numbers of bytes after which the connections of the next requests are closed; later connections are not.</summary>
    internal ConcurrentQueue<int> Cuts
    {
        get => _server.Cuts;
        init
        {
            foreach (var cut in value)
            {
                _server.Cuts.Enqueue(cut);
            }
        }
    }

    /// <summary>Whether it accepts requests but never sends a response.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>The Range header of each request; empty if it had none.</summary>
    internal string[] Ranges => [.. _server.Requests.Select(request => request.Range)];

    public void Dispose() => _server.Dispose();

    private WebAnswer? Answer(WebRequest request)
    {
        if (IsSilent)
        {
            return null;
        }

        return Statuses.TryDequeue(out var status)
            ? new WebAnswer(status, [])
            : new WebAnswer("200 OK", Content, Tag is null ? [] : [("ETag", Tag)]) { KnowsRanges = KnowsRanges };
    }
}
