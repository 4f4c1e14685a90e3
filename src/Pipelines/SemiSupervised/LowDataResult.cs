namespace IGptMl;

/// <summary>The accuracy with few labels: a score for each representation and number of labels.</summary>
/// <param name="Scores">By representation, then by number of labels.</param>
/// <param name="TrainingRows">The rows that labels were drawn from.</param>
/// <param name="TestRows">The rows of the accuracy.</param>
public sealed record LowDataResult(IReadOnlyList<LowDataScore> Scores, long TrainingRows, long TestRows)
{
    /// <summary>The time that the network ran; nothing where all features came from the cache.</summary>
    public TimeSpan FeatureDuration { get; init; }

    /// <summary>What a reader should know: rows left out, classes that are missing, caches that were not used.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The numbers of labels, ascending.</summary>
    public IReadOnlyList<int> Budgets => [.. Scores.Select(score => score.Budget).Distinct().Order()];

    /// <summary>The representations, in order.</summary>
    public IReadOnlyList<string> Representations => [.. Scores.Select(score => score.Representation).Distinct()];

    /// <summary>The score of a representation with so many labels, if there is one.</summary>
    public LowDataScore? Find(string representation, int budget) => Scores.FirstOrDefault(score => score.Representation == representation && score.Budget == budget);
}
