namespace IGptMl;

/// <summary>How a palette was learned.</summary>
public sealed record PaletteLearning
{
    /// <summary>How well the palette approximates the pixels that k-means was given.</summary>
    public required PaletteMetrics Sample { get; init; }

    /// <summary>The number of distinct colors among these pixels. If it is not larger than the palette's, the palette contains all of them.</summary>
    public required int DistinctColors { get; init; }

    /// <summary>The iterations of k-means; 0 if there was nothing to cluster.</summary>
    public required int Iterations { get; init; }

    /// <summary>True if k-means stopped because no pixel changed its color; false if it reached the maximum number of iterations.</summary>
    public required bool Converged { get; init; }
}
