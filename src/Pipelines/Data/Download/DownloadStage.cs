namespace IGptMl;

/// <summary>What a <see cref="DataDownloader"/> is doing.</summary>
public enum DownloadStage
{
    /// <summary>The archive comes over the network.</summary>
    Downloading,

    /// <summary>Its checksum is computed.</summary>
    Checking,

    /// <summary>Its files are written.</summary>
    Unpacking,
}
