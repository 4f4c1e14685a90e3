namespace IGptMl;

/// <summary>A download fails: the server does not answer, refuses, or does not send the file, or disk space is insufficient.</summary>
public sealed class DownloadException : IOException
{
    internal DownloadException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
