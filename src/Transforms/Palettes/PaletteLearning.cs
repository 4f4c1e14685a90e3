namespace IGptMl;

/// <summary>How a palette was learned.</summary>
/// <param name="Sample">How well the palette stands for the pixels that k-means saw.</param>
/// <param name="DistinctColors">The number of different colors among these pixels. Where it is no more than the palette's, the palette holds them all.</param>
/// <param name="Iterations">The iterations of k-means; 0 where there was nothing to cluster.</param>
/// <param name="Converged">Whether k-means ended because no pixel changed its color, and not because it had reached the greatest number of iterations.</param>
public sealed record PaletteLearning(PaletteMetrics Sample, int DistinctColors, int Iterations, bool Converged);
