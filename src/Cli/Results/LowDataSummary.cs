namespace IGptMl.Cli.Results;

/// <summary>What igpt low-data tells.</summary>
/// <param name="TrainingImages">The images that labels were drawn from.</param>
/// <param name="TestImages">The images of the accuracy.</param>
/// <param name="Scores">A score for each representation and number of labels.</param>
internal sealed record LowDataSummary(long TrainingImages, long TestImages, IReadOnlyList<LowDataLine> Scores);
