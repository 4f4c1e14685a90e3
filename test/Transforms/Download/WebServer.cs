using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IGptMl.Tests.Download;

/// <summary>A web server on 127.0.0.1 that answers by a function, and can cut connections. It stops by itself after a minute.</summary>
internal sealed class WebServer : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new(Lifetime);
    private readonly Func<WebRequest, WebAnswer?> _answer;
    private readonly Task _loop;

    /// <param name="answer">Answers a request; null for never.</param>
    internal WebServer(Func<WebRequest, WebAnswer?> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _loop = Task.Run(ServeAsync);
    }

    internal Uri Address { get; }

    internal ConcurrentQueue<WebRequest> Requests { get; } = new();

    /// <summary>The numbers of bytes after which the next answers with content are cut.</summary>
    internal ConcurrentQueue<int> Cuts { get; } = new();

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
                    // the client has closed the connection
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
        if (await ReadAsync(stream) is not { } request)
        {
            return;
        }

        Requests.Enqueue(request);
        if (_answer(request) is not { } answer)
        {
            await Task.Delay(Timeout.Infinite, _end.Token);
            return;
        }

        var from = 0;
        var status = answer.Status;
        var head = new StringBuilder();
        if (status == "200 OK" && request.Range.Length > 0 && answer.KnowsRanges && answer.Satisfies(request.IfRange))
        {
            from = int.Parse(request.Range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            status = "206 Partial Content";
            head.Append(CultureInfo.InvariantCulture, $"Content-Range: bytes {from}-{answer.Content.Length - 1}/{answer.Content.Length}\r\n");
        }

        foreach (var (name, value) in answer.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Content.Length - from}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{head}"), _end.Token);
        if (request.Method == "GET" && answer.Content.Length > 0)
        {
            var length = Math.Min(answer.Content.Length - from, Cuts.TryDequeue(out var cut) ? cut : int.MaxValue);
            await stream.WriteAsync(answer.Content.AsMemory(from, length), _end.Token);
        }
    }

    private async Task<WebRequest?> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(buffer, _end.Token) == 0)
            {
                return null;
            }

            text.Append((char)buffer[0]);
        }

        var lines = text.ToString().Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1]);
        var first = lines[0].Split(' ');
        return new WebRequest(first[0], first[1], headers.GetValueOrDefault("authorization", ""), headers.GetValueOrDefault("range", ""),
            headers.GetValueOrDefault("if-range", ""));
    }
}
