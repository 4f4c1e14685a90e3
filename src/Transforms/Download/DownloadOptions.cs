using IGptMl.Numerics;

namespace IGptMl;

/// <summary>Retries and timeouts of downloads.</summary>
public sealed record DownloadOptions
{
    /// <summary>
    /// The number of consecutive attempts without new data after which the download fails, 1 to 100. An attempt that received data before the connection
    /// broke resets the count.
    /// </summary>
    /// <value>Default 5.</value>
    public int Attempts { get; init; } = 5;

    /// <summary>The delay before the second attempt, zero to one minute. It doubles with each further attempt without new data.</summary>
    /// <value>Default one second.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection may send nothing before it is considered broken; more than zero.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns the free bytes on a folder's drive, or null if that is unknown.</summary>
    internal Func<string, long?> FreeBytes { get; init; } = FindFreeBytes;

    internal void Check() => new OptionGuard()
        .Range(nameof(Attempts), Attempts, 1, 100)
        .Require(RetryDelay >= TimeSpan.Zero && RetryDelay <= TimeSpan.FromMinutes(1), nameof(RetryDelay), RetryDelay, "zero to one minute")
        .Require(SilenceTimeout > TimeSpan.Zero, nameof(SilenceTimeout), SilenceTimeout, "more than zero")
        .ThrowIfAny("options");

    private static long? FindFreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null; // for example a network share
        }
    }
}
