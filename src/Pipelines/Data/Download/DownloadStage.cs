namespace IGptMl;

/// <summary>The stages of a <see cref="DataDownloader"/>.</summary>
public enum DownloadStage
{
    /// <summary>The archive is being downloaded.</summary>
    Downloading,

    /// <summary>The archive's checksum is being computed.</summary>
    Checking,

    /// <summary>The archive's files are being written.</summary>
    Unpacking,
}
