using System.Net.Http.Headers;

namespace IGptMl.Download;

/// <summary>A file on a server, of which the size is known.</summary>
internal sealed record RemoteFile
{
    /// <summary>The name at the beginning of a message, such as "CIFAR-10".</summary>
    public required string Title { get; init; }

    /// <summary>The name within a message, such as "the archive of CIFAR-10".</summary>
    public required string Description { get; init; }

    /// <summary>The address.</summary>
    public required Uri Address { get; init; }

    /// <summary>The size.</summary>
    public required long Bytes { get; init; }

    /// <summary>The checksum; null if none is published.</summary>
    public Checksum? Checksum { get; init; }

    /// <summary>The credentials for the address's host; no other host gets them.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>A sentence for a server that does not have the file.</summary>
    public string Hint { get; init; } = "Has the address changed?";
}
