namespace IGptMl;

/// <summary>The range of the stored values of a palette.</summary>
public enum PaletteRange
{
    /// <summary>
    /// Detected from the values: [-1, 1] if one is negative, and 0 to 255 if none is and one is above 1. Otherwise [0, 1] is assumed, which is likely but not
    /// certain: <see cref="Palette.AssumedRange"/> is then set, and a warning is logged in <see cref="Microsoft.ML.MLContext.Log"/> when the palette is used.
    /// </summary>
    Detect,

    /// <summary>
    /// From -1 to 1, as in <see cref="Palette.Centers"/>, in OpenAI's kmeans_centers.npy and in the files that <see cref="Palette.Save"/> writes.
    /// </summary>
    MinusOneToOne,

    /// <summary>From 0 to 1.</summary>
    ZeroToOne,

    /// <summary>From 0 to 255, as channel values.</summary>
    ZeroTo255,
}
