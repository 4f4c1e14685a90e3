namespace IGptMl;

/// <summary>The stages of a download.</summary>
public enum DownloadStage
{
    /// <summary>The file is being downloaded.</summary>
    Downloading,

    /// <summary>The file's checksum is being computed.</summary>
    Checking,

    /// <summary>The files of an archive are being written.</summary>
    Unpacking,

    /// <summary>Another process is downloading the same file; this one waits for it.</summary>
    Waiting,
}
