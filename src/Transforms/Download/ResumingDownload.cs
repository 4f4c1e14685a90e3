using System.Net;
using System.Net.Http.Headers;

namespace IGptMl.Download;

/// <summary>
/// Downloads a file over HTTP into a <see cref="PartialFile"/>, starting at its end. A conditional range request asks for the rest of the same version
/// (RFC 9110, sections 13.1.5 and 14.2); if the server does not support ranges, the download restarts. Broken connections are resumed.
/// </summary>
internal sealed class ResumingDownload(DownloadClient client, DownloadOptions options, IProgress<DownloadProgress>? progress)
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Downloads the rest of the file.</summary>
    /// <returns>Whether the file was combined from several responses.</returns>
    /// <exception cref="DownloadException">The server does not answer, or does not send the file.</exception>
    public async Task<bool> RunAsync(RemoteFile file, PartialFile partial, CancellationToken cancellationToken)
    {
        if (partial.Content.Length > file.Bytes)
        {
            partial.Clear();
        }

        var pieces = partial.Content.Length > 0 ? 1 : 0;
        var (furthest, fruitless) = (partial.Content.Length, 0);
        while (partial.Content.Length < file.Bytes)
        {
            try
            {
                pieces = await FetchAsync(file, partial, cancellationToken) ? pieces + 1 : 1;
            }
            catch (Exception e) when (e is HttpRequestException or IOException and not DownloadException)
            {
                pieces++;
                fruitless = partial.Content.Length > furthest ? 0 : fruitless + 1;
                furthest = Math.Max(furthest, partial.Content.Length);
                if (fruitless >= options.Attempts || e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
                {
                    var have = $"{partial.Content.Length:N0} of {file.Bytes:N0} bytes are downloaded and kept; the same command resumes from there.";
                    throw new DownloadException($"{Describe(file)} cannot be fetched: {e.Message.TrimEnd('.')}. Is this machine online? {have}", e);
                }

                await Task.Delay(options.RetryDelay * Math.Pow(2, Math.Max(0, fruitless - 1)), cancellationToken);
            }
        }

        return pieces > 1;
    }

    /// <summary>Makes one request.</summary>
    /// <returns>Whether the response continued the existing file.</returns>
    private async Task<bool> FetchAsync(RemoteFile file, PartialFile partial, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Get, file.Address, file.Authorization, headers => AskForRest(headers, partial), follows: null,
            cancellationToken);
        var resumed = Prepare(file, partial, response);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        partial.Content.Position = partial.Content.Length;
        while (true)
        {
            var read = await client.PatientlyAsync(token => body.ReadAsync(buffer, token).AsTask(), cancellationToken);
            if (read == 0)
            {
                break;
            }

            if (partial.Content.Position + read > file.Bytes)
            {
                partial.Clear();
                throw NotTheFile(file, "is larger");
            }

            await WriteAsync(partial, buffer.AsMemory(0, read), cancellationToken);
            progress?.Report(new DownloadProgress { Stage = DownloadStage.Downloading, Done = partial.Content.Position, Total = file.Bytes });
        }

        return partial.Content.Length == file.Bytes ? resumed : throw new IOException("the connection was closed too early");
    }

    private static void AskForRest(HttpRequestHeaders headers, PartialFile partial)
    {
        if (partial.Content.Length > 0)
        {
            headers.Range = new RangeHeaderValue(partial.Content.Length, null);
            headers.IfRange = partial.Version is { } version && RangeConditionHeaderValue.TryParse(version, out var condition) ? condition : null;
        }
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
    private static bool Prepare(RemoteFile file, PartialFile partial, HttpResponseMessage response)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent
                when response.Content.Headers.ContentRange is { } range
                    && range.From == partial.Content.Length
                    && (range.Length ?? file.Bytes) == file.Bytes:
                return true;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                partial.Clear(); // the response is another range: the next attempt starts from the beginning
                throw new IOException($"the server sent another range than the requested one ({(int)response.StatusCode})");
            case HttpStatusCode.OK:
                partial.Clear();
                if (response.Content.Headers.ContentLength is { } size && size != file.Bytes)
                {
                    throw NotTheFile(file, $"has {size:N0} bytes");
                }

                partial.Version = response.Headers.ETag is { IsWeak: false } tag ? tag.ToString() : response.Content.Headers.LastModified?.ToString("R");
                return false;
            case var status when DownloadClient.IsBusy(status):
                throw new HttpRequestException($"the server answered {(int)response.StatusCode} ({response.ReasonPhrase})");
            default:
                throw new DownloadException(
                    $"{Describe(file)} cannot be fetched: the server answered {(int)response.StatusCode} ({response.ReasonPhrase}). "
                    + file.Hint);
        }
    }

    private static DownloadException NotTheFile(RemoteFile file, string how)
        => new($"The response of {file.Address} {how}; {file.Description} has {file.Bytes:N0} bytes. "
            + "A proxy may have answered instead, or the publisher may have changed it.");

    private static string Describe(RemoteFile file) => $"{file.Title} ({file.Address})";
}
