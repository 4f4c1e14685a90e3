namespace IGptMl;

/// <summary>What to do with an image file that cannot be read: one that is empty, is no image, is damaged, breaks off, or is not there.</summary>
public enum UnreadableImages
{
    /// <summary>Throw an <see cref="InvalidDataException"/> that names the file when the row's image is read. The default.</summary>
    Refuse,

    /// <summary>Give a missing image (null) for the row, and go on.</summary>
    Missing,

    /// <summary>
    /// Leave the row out. Which rows there are must be known before the first is read, so every file is decoded once, on all processors, when the data is loaded;
    /// a warning in <see cref="Microsoft.ML.MLContext.Log"/> says how many files are left out, and names the first.
    /// </summary>
    Skip,
}
