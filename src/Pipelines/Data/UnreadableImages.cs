namespace IGptMl.Data;

/// <summary>What to do with an image file that cannot be decoded.</summary>
public enum UnreadableImages
{
    /// <summary>Throw an <see cref="InvalidDataException"/> that names the file when the row's image is read. The default.</summary>
    Refuse,

    /// <summary>Give a missing image (null) for the row, and go on.</summary>
    Missing,
}
