using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using IGptMl.Cli.Output;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IGptMl.Cli.Serving;

/// <summary>Serves the page and answers its requests.</summary>
/// <remarks>
/// It is Kestrel and not HttpListener, because Kestrel tells at once that a browser has closed a tab, so that the sampling stops, and has limits of sizes,
/// rates and connections. Its price is that the tool needs the runtime of ASP.NET Core. Whoever has installed a tool has the SDK, which contains it. Nothing of
/// the web application's defaults is used: no configuration files, no environment variables, no static files.
/// </remarks>
internal sealed class PageServer : IAsyncDisposable
{
    private const int MostConnections = 32, MostRequestBytes = 4 << 20, MostTokensAtOnce = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    private readonly CancellationTokenSource _stopping = new();
    private readonly WorkQueue _queue = new();
    private readonly Dictionary<(string Method, string Path), Func<HttpContext, Task>> _handlers;
    private readonly ServedModel _model;
    private readonly RequestGuard _guard;
    private readonly Action<string> _say;
    private readonly WebApplication _application;

    private PageServer(ServedModel model, string name, RunFolder? run, IPEndPoint endPoint, Action<string> say)
    {
        _model = model;
        _say = say;
        _guard = new RequestGuard(IPAddress.IsLoopback(endPoint.Address));
        var facts = model.Describe(name, run is not null);
        _handlers = new()
        {
            [("GET", "/api/model")] = http => WriteAsync(http, 200, facts),
            [("POST", "/api/pictures")] = LookAsync,
            [("POST", "/api/completions")] = CompleteAsync,
        };
        foreach (var (path, file) in PageFiles.All)
        {
            _handlers.Add(("GET", path), http => WriteAsync(http, file.Content, file.Type));
        }

        if (run is not null)
        {
            _handlers.Add(("GET", "/api/run"), http => WriteAsync(http, 200, run.Read()));
            _handlers.Add(("GET", "/api/run/sheet"), http => WriteSheetAsync(http, run));
        }

        _application = Build(endPoint);
        _application.Run(HandleAsync);
    }

    /// <summary>The address of the page.</summary>
    internal Uri Address { get; private set; } = null!;

    /// <summary>The work that uses the model.</summary>
    internal WorkQueue Queue => _queue;

    /// <summary>Starts to serve.</summary>
    /// <param name="model">The model, which stays the caller's.</param>
    /// <param name="name">The model's name, as the page shows it.</param>
    /// <param name="run">The run to show; null for none.</param>
    /// <param name="endPoint">The address and port; port 0 means any free one.</param>
    /// <param name="say">Receives messages about requests that failed.</param>
    /// <exception cref="IOException">The port is in use, or cannot be opened.</exception>
    internal static async Task<PageServer> StartAsync(ServedModel model, string name, RunFolder? run, IPEndPoint endPoint, Action<string> say)
    {
        var server = new PageServer(model, name, run, endPoint, say);
        try
        {
            await server._application.StartAsync();
            server.Address = new Uri(server._application.Urls.First());
            return server;
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            await server.DisposeAsync();
            var why = e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException ? "is in use" : $"cannot be opened: {e.Message.TrimEnd('.')}";
            throw new IOException($"Port {endPoint.Port} of {endPoint.Address} {why}. Use another --port, or --port 0 for any free one.", e);
        }
    }

    /// <summary>Stops all work, and the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.StopAsync();
        await _application.DisposeAsync();
        _queue.Dispose();
        _stopping.Dispose();
    }

    private static WebApplication Build(IPEndPoint endPoint)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "igpt" });
        builder.Services.AddSingleton<IHostLifetime, Lifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = MostRequestBytes;
            kestrel.Listen(endPoint);
        });
        return builder.Build();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        try
        {
            if (_guard.FindProblem(http.Request) is { } problem)
            {
                throw new RequestProblem(403, problem);
            }

            await (_handlers.TryGetValue((http.Request.Method, http.Request.Path.Value ?? string.Empty), out var handler)
                ? handler(http)
                : throw new RequestProblem(404, "There is nothing at this address."));
        }
        catch (RequestProblem e)
        {
            await FailAsync(http, e.Status, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(http, e.StatusCode, e.StatusCode == 413 ? TooLarge : e.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            // The tab was closed, or the server stops.
        }
        catch (Exception e)
        {
            var cause = ErrorCause.Of(e);
            _say($"{http.Request.Method} {http.Request.Path}: {cause.Message}");
            await FailAsync(http, 500, ErrorMessage.Of(cause));
        }
    }

    private static string TooLarge => $"The file has more than {ServedModel.MostBytes >> 20} MiB; expected a smaller picture.";

    private async Task LookAsync(HttpContext http)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = ServedModel.MostBytes;
        if (http.Request.ContentLength > ServedModel.MostBytes)
        {
            throw new RequestProblem(413, TooLarge);
        }

        using var content = new MemoryStream();
        await http.Request.Body.CopyToAsync(content, http.RequestAborted);
        using var lease = await _queue.EnterAsync(http.RequestAborted);
        Require(lease.IsAcquired);
        await WriteAsync(http, 200, await Task.Run(() => _model.Look(content.ToArray()), http.RequestAborted));
    }

    private async Task CompleteAsync(HttpContext http)
    {
        var complete = _model.Prepare(await ReadAsync<CompletionRequest>(http));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token);
        var entering = _queue.EnterAsync(stop.Token);
        if (!entering.IsCompleted)
        {
            await SendAsync(http, "queued", Array.Empty<int>(), stop.Token);
        }

        using var lease = await entering;
        Require(lease.IsAcquired);
        await SendAsync(http, "started", Array.Empty<int>(), stop.Token);
        var tokens = Channel.CreateUnbounded<SampledToken>(new UnboundedChannelOptions { SingleReader = true });
        var work = Task.Run(
            () =>
            {
                try
                {
                    complete(token => tokens.Writer.TryWrite(token), stop.Token);
                }
                finally
                {
                    tokens.Writer.Complete();
                }
            },
            CancellationToken.None);
        try
        {
            await SendTokensAsync(http, tokens.Reader, stop.Token);
            await work;
            await SendAsync(http, "done", Array.Empty<int>(), stop.Token);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            var cause = ErrorCause.Of(e);
            _say($"A completion failed: {cause.Message}");
            await SendAsync(http, "failed", ErrorMessage.Of(cause), stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await work.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default); // the lease ends with the work
        }
    }

    /// <summary>Sends tokens as they come, several in an event.</summary>
    private static async Task SendTokensAsync(HttpContext http, ChannelReader<SampledToken> tokens, CancellationToken cancellation)
    {
        var batch = new List<int>();
        while (await tokens.WaitToReadAsync(cancellation))
        {
            while (batch.Count < 3 * MostTokensAtOnce && tokens.TryRead(out var token))
            {
                batch.AddRange([token.Image, token.Position, token.Token]);
            }

            await SendAsync(http, "tokens", batch, cancellation);
            batch.Clear();
            await Task.Delay(Interval, cancellation);
        }
    }

    private static void Require(bool isAcquired)
    {
        if (!isAcquired)
        {
            throw new RequestProblem(503, $"The model is busy, and {WorkQueue.Waiting} requests wait already. Try again when one of them is done.");
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext http)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, ServedJson.Options, http.RequestAborted)
                ?? throw new RequestProblem(400, "The request is empty.");
        }
        catch (JsonException e)
        {
            throw new RequestProblem(400, $"The request is not understood: {e.Message}");
        }
    }

    private static Task WriteSheetAsync(HttpContext http, RunFolder run)
        => long.TryParse(http.Request.Query["step"], NumberStyles.None, CultureInfo.InvariantCulture, out var step) && run.ReadSheet(step) is { } sheet
            ? WriteAsync(http, sheet, "image/png")
            : throw new RequestProblem(404, "There is no sample sheet of this step.");

    private static Task FailAsync(HttpContext http, int status, string message)
        => http.Response.HasStarted ? Task.CompletedTask : WriteAsync(http, status, new { Error = message });

    private static Task WriteAsync<T>(HttpContext http, int status, T value)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(value, ServedJson.Options), "application/json; charset=utf-8");
    }

    private static Task WriteAsync(HttpContext http, byte[] content, string type)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        return http.Response.Body.WriteAsync(content, 0, content.Length, http.RequestAborted);
    }

    /// <summary>Sends a server-sent event.</summary>
    private static async Task SendAsync<T>(HttpContext http, string name, T data, CancellationToken cancellation)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "text/event-stream; charset=utf-8";
        }

        var text = $"event: {name}\ndata: {JsonSerializer.Serialize(data, ServedJson.Options)}\n\n";
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
        await http.Response.Body.FlushAsync(cancellation);
    }

    /// <summary>The tool handles Ctrl-C itself.</summary>
    private sealed class Lifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
