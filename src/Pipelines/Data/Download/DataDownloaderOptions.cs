using IGptMl.Numerics;

namespace IGptMl;

/// <summary>How patient a <see cref="DataDownloader"/> is.</summary>
public sealed record DataDownloaderOptions
{
    /// <summary>The attempts in a row that bring nothing new after which it gives up, 1 to 100. A connection that breaks off after bringing something counts as none.</summary>
    /// <value>Default 5.</value>
    public int Attempts { get; init; } = 5;

    /// <summary>The wait before the second attempt, zero to one minute; it doubles with each one that brings nothing.</summary>
    /// <value>Default one second.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection may stay silent before it counts as broken, more than zero.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The free bytes where a folder is, or null where that is not known.</summary>
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
            return null; // a network share, for example
        }
    }
}
