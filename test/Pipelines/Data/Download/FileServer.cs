using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IGptMl.Tests.Data.Download;

/// <summary>A web server on 127.0.0.1 that serves one file and can misbehave. It stops by itself after a minute.</summary>
internal sealed class FileServer : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new(Lifetime);
    private readonly Task _loop;

    internal FileServer(byte[] content)
    {
        Content = content;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/data.tar.gz");
        _loop = Task.Run(ServeAsync);
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
    internal ConcurrentQueue<int> Cuts { get; init; } = new();

    /// <summary>Whether it accepts requests but never sends a response.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>The Range header of each request; empty if it had none.</summary>
    internal ConcurrentQueue<string> Ranges { get; } = new();

    public void Dispose()
    {
        _end.Cancel();
        _loop.GetAwaiter().GetResult();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                try
                {
                    await AnswerAsync(client.GetStream());
                }
                catch (IOException)
                {
                    // the client has closed the connection, as some tests do
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the server is disposed
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var headers = await ReadHeadersAsync(stream);
        var range = headers.GetValueOrDefault("range", string.Empty);
        Ranges.Enqueue(range);
        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, _end.Token);
        }

        if (Statuses.TryDequeue(out var status))
        {
            await WriteAsync(stream, $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }

        var holds = KnowsRanges && range.Length > 0 && (!headers.TryGetValue("if-range", out var condition) || condition == Tag);
        var from = holds ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
        var answer = new StringBuilder(holds
            ? $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{Content.Length - 1}/{Content.Length}\r\n"
            : "HTTP/1.1 200 OK\r\n");
        answer.Append(Tag is null ? string.Empty : $"ETag: {Tag}\r\n");
        answer.Append(CultureInfo.InvariantCulture, $"Content-Length: {Content.Length - from}\r\nConnection: close\r\n\r\n");
        await WriteAsync(stream, answer.ToString());
        var length = Math.Min(Content.Length - from, Cuts.TryDequeue(out var cut) ? cut : int.MaxValue);
        await stream.WriteAsync(Content.AsMemory(from, length), _end.Token);
    }

    private async Task<Dictionary<string, string>> ReadHeadersAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, _end.Token) > 0)
        {
            text.Append((char)buffer[0]);
        }

        return text.ToString()
            .Split("\r\n")
            .Skip(1)
            .Select(line => line.Split(": ", 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1]);
    }

    private async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _end.Token);
}
