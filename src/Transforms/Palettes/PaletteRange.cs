namespace IGptMl;

/// <summary>The range of the values that a palette is stored with.</summary>
public enum PaletteRange
{
    /// <summary>
    /// The values tell: [-1, 1] if one is negative, and 0 to 255 if none is and one is above 1. Otherwise they are taken as [0, 1], which is likely but not
    /// certain; <see cref="Palette.AssumedRange"/> then says so, and a warning in <see cref="Microsoft.ML.MLContext.Log"/> when the palette is used.
    /// </summary>
    Detect,

    /// <summary>From -1 to 1, as in <see cref="Palette.Centers"/>, in OpenAI's kmeans_centers.npy and in what <see cref="Palette.Save"/> writes.</summary>
    MinusOneToOne,

    /// <summary>From 0 to 1.</summary>
    ZeroToOne,

    /// <summary>From 0 to 255, as channel values.</summary>
    ZeroTo255,
}
