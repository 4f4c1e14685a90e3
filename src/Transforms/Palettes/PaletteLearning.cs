namespace IGptMl;

/// <summary>How a palette was learned.</summary>
/// <param name="Sample">How well the palette approximates the pixels that k-means was given.</param>
/// <param name="DistinctColors">
/// The number of distinct colors among these pixels. If it is not larger than the palette's, the palette contains all of them.
/// </param>
/// <param name="Iterations">The iterations of k-means; 0 if there was nothing to cluster.</param>
/// <param name="Converged">True if k-means stopped because no pixel changed its color; false if it reached the maximum number of iterations.</param>
public sealed record PaletteLearning(PaletteMetrics Sample, int DistinctColors, int Iterations, bool Converged);
