namespace IGptMl;

/// <summary>What to do with an image file that cannot be decoded: one that is missing, empty, truncated or damaged, or is not an image.</summary>
public enum UnreadableImages
{
    /// <summary>Throw an <see cref="InvalidDataException"/> that names the file when the row's image is read. The default.</summary>
    Refuse,

    /// <summary>Give a missing image (null) for the row, and continue.</summary>
    Missing,

    /// <summary>
    /// Leave the row out. The rows must be known before the first one is read, so every file is decoded once, on all processors, when the data is loaded. A
    /// warning in <see cref="Microsoft.ML.MLContext.Log"/> reports how many files are left out, and names the first ones.
    /// </summary>
    Skip,
}
