using System.Net;
using System.Net.Http.Headers;

namespace IGptMl.Data.Download;

/// <summary>
/// Downloads an archive over HTTP into a <see cref="PartialFile"/>, starting at its end. A conditional range request asks for the rest of the same version
/// (RFC 9110, sections 13.1.5 and 14.2); if the server does not support ranges, the download restarts. Broken connections are resumed.
/// </summary>
internal sealed class ResumingDownload(HttpClient client, DataDownloaderOptions options, IProgress<DownloadProgress>? progress)
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Downloads the rest of the archive.</summary>
    /// <returns>Whether the file was combined from several responses.</returns>
    /// <exception cref="DownloadException">The server does not answer, or does not send the archive.</exception>
    public async Task<bool> RunAsync(PublishedData data, PartialFile partial, CancellationToken cancellationToken)
    {
        if (partial.Content.Length > data.ArchiveBytes)
        {
            partial.Clear();
        }

        var pieces = partial.Content.Length > 0 ? 1 : 0;
        var (furthest, fruitless) = (partial.Content.Length, 0);
        while (partial.Content.Length < data.ArchiveBytes)
        {
            try
            {
                pieces = await FetchAsync(data, partial, cancellationToken) ? pieces + 1 : 1;
            }
            catch (Exception e) when (e is HttpRequestException or IOException and not DownloadException)
            {
                pieces++;
                fruitless = partial.Content.Length > furthest ? 0 : fruitless + 1;
                furthest = Math.Max(furthest, partial.Content.Length);
                if (fruitless >= options.Attempts || e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
                {
                    var have = $"{partial.Content.Length:N0} of {data.ArchiveBytes:N0} bytes are downloaded and kept; the same command resumes from there.";
                    throw new DownloadException($"{Describe(data)} cannot be fetched: {e.Message.TrimEnd('.')}. Is this machine online? {have}", e);
                }

                await Task.Delay(options.RetryDelay * Math.Pow(2, Math.Max(0, fruitless - 1)), cancellationToken);
            }
        }

        return pieces > 1;
    }

    /// <summary>Makes one request.</summary>
    /// <returns>Whether the response continued the existing file.</returns>
    private async Task<bool> FetchAsync(PublishedData data, PartialFile partial, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, data.Address);
        if (partial.Content.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(partial.Content.Length, null);
            request.Headers.IfRange = partial.Version is { } version && RangeConditionHeaderValue.TryParse(version, out var condition) ? condition : null;
        }

        using var response = await Patiently(token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken);
        var resumed = Prepare(data, partial, response);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        partial.Content.Position = partial.Content.Length;
        while (true)
        {
            var read = await Patiently(token => body.ReadAsync(buffer, token).AsTask(), cancellationToken);
            if (read == 0)
            {
                break;
            }

            if (partial.Content.Position + read > data.ArchiveBytes)
            {
                partial.Clear();
                throw NotTheArchive(data, "is larger");
            }

            await WriteAsync(partial, buffer.AsMemory(0, read), cancellationToken);
            progress?.Report(new DownloadProgress { Stage = DownloadStage.Downloading, Done = partial.Content.Position, Total = data.ArchiveBytes });
        }

        return partial.Content.Length == data.ArchiveBytes ? resumed : throw new IOException("the connection was closed too early");
    }

    /// <summary>Writes without buffering, so that a full disk is reported here and not mistaken for a broken connection.</summary>
    private static async Task WriteAsync(PartialFile partial, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await partial.Content.WriteAsync(bytes, cancellationToken);
            await partial.Content.FlushAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new DownloadException($"'{partial.Content.Name}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Checks the response's headers, and empties the file if the response starts from the beginning.</summary>
    private static bool Prepare(PublishedData data, PartialFile partial, HttpResponseMessage response)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent
                when response.Content.Headers.ContentRange is { } range
                    && range.From == partial.Content.Length
                    && (range.Length ?? data.ArchiveBytes) == data.ArchiveBytes:
                return true;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                partial.Clear(); // the response is another range: the next attempt starts from the beginning
                throw new IOException($"the server sent another range than the requested one ({(int)response.StatusCode})");
            case HttpStatusCode.OK:
                partial.Clear();
                if (response.Content.Headers.ContentLength is { } size && size != data.ArchiveBytes)
                {
                    throw NotTheArchive(data, $"has {size:N0} bytes");
                }

                partial.Version = response.Headers.ETag is { IsWeak: false } tag ? tag.ToString() : response.Content.Headers.LastModified?.ToString("R");
                return false;
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new HttpRequestException($"the server answered {(int)response.StatusCode} ({response.ReasonPhrase})");
            default:
                throw new DownloadException(
                    $"{Describe(data)} cannot be fetched: the server answered {(int)response.StatusCode} ({response.ReasonPhrase}). "
                    + "Has the address changed? See datasets/README.md.");
        }
    }

    private static DownloadException NotTheArchive(PublishedData data, string how)
        => new($"The response of {data.Address} {how}; the archive of {data.Title} has {data.ArchiveBytes:N0} bytes. "
            + "A proxy may have answered instead, or the publisher may have changed the archive.");

    private static string Describe(PublishedData data) => $"{data.Title} ({data.Address})";

    /// <summary>Runs a network operation with the timeout for silent connections.</summary>
    private async Task<T> Patiently<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(options.SilenceTimeout);
        try
        {
            return await work(silence.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no data arrived for {options.SilenceTimeout.TotalSeconds:N0} seconds", e);
        }
    }
}
