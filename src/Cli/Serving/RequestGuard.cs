using System.Net;
using Microsoft.AspNetCore.Http;

namespace IGptMl.Cli.Serving;

/// <summary>
/// Refuses requests that another site's page has made a browser send. A name that resolves to this machine (DNS rebinding) is refused by the Host header, which
/// must be an address or localhost: only a name can be rebound. A page of another site is refused by the Origin header.
/// </summary>
/// <param name="onlyLoopback">Whether the server listens on a loopback address alone.</param>
internal sealed class RequestGuard(bool onlyLoopback)
{
    /// <summary>Why a request is refused; null if it is not.</summary>
    internal string? FindProblem(HttpRequest request)
    {
        if (!IsOwn(request.Host.Host))
        {
            return onlyLoopback ? "Use the address 127.0.0.1 or localhost." : "Use the IP address of this machine, or localhost.";
        }

        var origin = request.Headers.Origin.ToString();
        return (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}") || IsFromElsewhere(request)
            ? "The request comes from another site's page."
            : null;
    }

    private bool IsOwn(string host) => host == "localhost"
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (!onlyLoopback || IPAddress.IsLoopback(address)));

    /// <summary>Whether the browser says that another site asks for more than to open the page.</summary>
    private static bool IsFromElsewhere(HttpRequest request)
        => request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site" && request.Headers["Sec-Fetch-Mode"] != "navigate";
}
