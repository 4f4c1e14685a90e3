namespace IGptMl.Cli.Results;

/// <summary>The result of igpt low-data.</summary>
/// <param name="TrainingImages">The number of images that labels were drawn from.</param>
/// <param name="TestImages">The number of test images.</param>
/// <param name="Scores">A score for each representation and number of labels.</param>
internal sealed record LowDataSummary(long TrainingImages, long TestImages, IReadOnlyList<LowDataLine> Scores);
