using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using IGptMl.Download;

namespace IGptMl.Hub;

/// <summary>Asks the hub for files of a repository, and downloads them into the cache.</summary>
/// <remarks>
/// A file is at ENDPOINT/REPOSITORY/resolve/REVISION/FILE. The answer names the commit (X-Repo-Commit) and the content's hash: the ETag, Git's SHA-1 of a small
/// file, or X-Linked-Etag, the SHA-256 of a large one, which the answer redirects to another host.
/// </remarks>
internal sealed class HubClient(Uri endpoint, string? token, HubCache cache, DownloadClient web, DownloadOptions options)
{
    private const int Sha256Digits = 64;
    private const int Sha1Digits = 40;

    private readonly AuthenticationHeaderValue? _authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

    /// <summary>Asks for a file.</summary>
    /// <param name="name">The repository and the revision.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The description; null if the revision has no such file.</returns>
    /// <exception cref="DownloadException">The hub does not answer, or refuses; the message says why.</exception>
    internal async Task<HubFile?> FindAsync(HubName name, string file, CancellationToken cancellationToken)
    {
        var address = AddressOf(name, file);
        // A renamed repository is redirected within the hub; the content of a large file is elsewhere, and its description is in the redirecting answer.
        using var response = await web.AskAsync(
            TitleOf(name, file), address, _authorization, next => DownloadClient.IsSameHost(address, next), cancellationToken);
        var isFound = response.IsSuccessStatusCode || (int)response.StatusCode is >= 300 and < 400;
        if (!isFound)
        {
            return IsMissingFile(response) ? null : throw Refusal(name, file, response);
        }

        var hash = (Header(response, "X-Linked-Etag") ?? Header(response, "ETag"))?.Replace("W/", string.Empty, StringComparison.Ordinal).Trim('"');
        var bytes = Header(response, "X-Linked-Size") is { } linked && long.TryParse(linked, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : response.Content.Headers.ContentLength;
        var commit = Header(response, "X-Repo-Commit") ?? (name.IsCommit ? name.Revision : null);
        return hash is not null && hash.Length is Sha1Digits or Sha256Digits && hash.All(char.IsAsciiHexDigitLower)
            && bytes is { } length && commit is not null && HubName.IsCommitHash(commit)
            ? new HubFile(file, commit, length, hash)
            : throw new DownloadException(
                $"{address}: the answer has no commit, size or checksum (X-Repo-Commit, Content-Length or X-Linked-Size, ETag or X-Linked-Etag), so the file "
                + "could not be verified. Is this address a hub, and is there a proxy that removes headers?");
    }

    /// <summary>Downloads a file into the cache, unless it is already there, and verifies its hash.</summary>
    /// <returns>The path in the cache.</returns>
    /// <exception cref="DownloadException">The hub does not answer, or does not send the file.</exception>
    /// <exception cref="InvalidDataException">The content has another hash.</exception>
    internal Task<string> GetAsync(HubName name, HubFile file, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var remote = new RemoteFile
        {
            Title = TitleOf(name, file.Name),
            Description = TitleOf(name, file.Name),
            Address = AddressOf(name with { Revision = file.Commit }, file.Name),
            Bytes = file.Bytes,
            Checksum = new Checksum(file.Hash.Length == Sha256Digits ? ChecksumKind.Sha256 : ChecksumKind.GitBlob, file.Hash),
            Authorization = _authorization,
        };
        return cache.AddAsync(
            name, file, partial => new VerifiedDownload(web, options, progress).RunAsync(remote, partial, cancellationToken), progress, cancellationToken);
    }

    private static string TitleOf(HubName name, string file) => $"'{file}' of {name}";

    private Uri AddressOf(HubName name, string file)
        => new($"{endpoint.AbsoluteUri.TrimEnd('/')}/{name.Repository}/resolve/{Uri.EscapeDataString(name.Revision)}/{Uri.EscapeDataString(file)}");

    private static string? Header(HttpResponseMessage response, string name)
        => response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static bool IsMissingFile(HttpResponseMessage response)
        => response.StatusCode == HttpStatusCode.NotFound && Header(response, "X-Error-Code") is null or "EntryNotFound";

    private DownloadException Refusal(HubName name, string file, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var code = Header(response, "X-Error-Code");
        var answer = $"{endpoint.Host} answered {status} ({Header(response, "X-Error-Message") ?? code ?? response.ReasonPhrase})";
        return new DownloadException((code, status) switch
        {
            ("RevisionNotFound", _) => $"{name.Repository} has no revision '{name.Revision}': {answer}.",
            ("GatedRepo", _) => $"{name.Repository} is gated: accept its terms at {endpoint.AbsoluteUri.TrimEnd('/')}/{name.Repository}, and set a token, "
                + $"for example in the environment variable HF_TOKEN. {answer}.",
            (_, 401 or 403) when token is not null => $"The token for {name.Repository} was refused: {answer}. Is it valid, and may it read this repository? "
                + "It comes from the options, the environment variable HF_TOKEN, or the token file of the hub's tools.",
            (_, 401 or 403) => $"{name.Repository} does not exist, or it is private: {answer}. For a private model, set a token, for example in the "
                + "environment variable HF_TOKEN.",
            (_, 404) => $"{name.Repository} does not exist: {answer}.",
            _ => $"{TitleOf(name, file)} cannot be fetched: {answer}.",
        });
    }
}
