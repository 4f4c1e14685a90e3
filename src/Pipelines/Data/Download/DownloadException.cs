namespace IGptMl;

/// <summary>A data set cannot be fetched: the address does not answer, or not with the archive, or there is no room for it.</summary>
public sealed class DownloadException : IOException
{
    internal DownloadException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
