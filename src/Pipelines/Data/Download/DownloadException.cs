namespace IGptMl;

/// <summary>A data set cannot be fetched: the server does not answer or does not send the archive, or disk space is insufficient.</summary>
public sealed class DownloadException : IOException
{
    internal DownloadException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
