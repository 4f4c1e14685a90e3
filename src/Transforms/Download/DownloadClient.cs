using System.Net;
using System.Net.Http.Headers;

namespace IGptMl.Download;

/// <summary>Sends requests over HTTP. Credentials go to the first address's host alone, also when it redirects to another.</summary>
internal sealed class DownloadClient : IDisposable
{
    private const int MaxRedirects = 10;

    private readonly HttpClient _client;
    private readonly DownloadOptions _options;

    /// <param name="options">Retries and timeouts.</param>
    internal DownloadClient(DownloadOptions options)
    {
        _options = options;
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20), AllowAutoRedirect = false };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // no limit for a whole file; SilenceTimeout applies instead
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("IGptMl");
    }

    /// <summary>Sends a request, and follows redirects.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="address">The address.</param>
    /// <param name="authorization">Credentials for the address's host, or null.</param>
    /// <param name="prepare">Adds headers.</param>
    /// <param name="follows">Whether a redirect to an address is followed; null for all.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The response, without its content; that of a redirect if it is not followed.</returns>
    /// <exception cref="HttpRequestException">The server does not answer.</exception>
    /// <exception cref="IOException">Nothing arrived in time, or there are too many redirects.</exception>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri address,
        AuthenticationHeaderValue? authorization,
        Action<HttpRequestHeaders>? prepare,
        Func<Uri, bool>? follows,
        CancellationToken cancellationToken)
    {
        var current = address;
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(method, current);
            prepare?.Invoke(request.Headers);
            request.Headers.Authorization = IsSameHost(address, current) ? authorization : null;
            var response = await PatientlyAsync(
                token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
            {
                return response;
            }

            var next = new Uri(current, location);
            if (follows?.Invoke(next) == false)
            {
                return response;
            }

            response.Dispose();
            if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != current.Scheme)
            {
                throw new DownloadException($"{current} redirects to {next}, which is not encrypted; that is not followed.");
            }

            current = next;
        }

        throw new IOException($"{address} redirects more than {MaxRedirects} times");
    }

    /// <summary>Asks for a file's headers. If the server does not answer or is busy, it is asked again.</summary>
    /// <param name="title">The file's name at the beginning of a message.</param>
    /// <param name="address">The address.</param>
    /// <param name="authorization">Credentials for the address's host, or null.</param>
    /// <param name="follows">Whether a redirect to an address is followed; null for all.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The response, of any status.</returns>
    /// <exception cref="DownloadException">The server does not answer.</exception>
    internal async Task<HttpResponseMessage> AskAsync(
        string title,
        Uri address,
        AuthenticationHeaderValue? authorization,
        Func<Uri, bool>? follows,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var response = await SendAsync(
                    HttpMethod.Head, address, authorization, headers => headers.AcceptEncoding.ParseAdd("identity"), follows, cancellationToken);
                if (!IsBusy(response.StatusCode))
                {
                    return response;
                }

                response.Dispose();
                throw new HttpRequestException($"the server answered {(int)response.StatusCode} ({response.ReasonPhrase})");
            }
            catch (Exception e) when (e is HttpRequestException or IOException and not DownloadException)
            {
                if (attempt >= _options.Attempts || e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
                {
                    throw new DownloadException($"{title} ({address}) cannot be fetched: {e.Message.TrimEnd('.')}. Is this machine online?", e);
                }

                await Task.Delay(_options.RetryDelay * Math.Pow(2, attempt - 1), cancellationToken);
            }
        }
    }

    /// <summary>Whether the same request may succeed later.</summary>
    internal static bool IsBusy(HttpStatusCode status)
        => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>Runs a network operation with the timeout for silent connections.</summary>
    /// <exception cref="IOException">Nothing arrived in time.</exception>
    internal async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(_options.SilenceTimeout);
        try
        {
            return await work(silence.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no data arrived for {_options.SilenceTimeout.TotalSeconds:N0} seconds", e);
        }
    }

    /// <summary>Whether two addresses have the same scheme, host and port.</summary>
    internal static bool IsSameHost(Uri one, Uri other)
        => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
