namespace IGptMl;

/// <summary>The accuracy with few labels: one score per representation and number of labels.</summary>
/// <param name="Scores">By representation, then by number of labels.</param>
/// <param name="TrainingRows">The number of rows from which labels were drawn.</param>
/// <param name="TestRows">The number of evaluated test rows.</param>
public sealed record LowDataResult(IReadOnlyList<LowDataScore> Scores, long TrainingRows, long TestRows)
{
    /// <summary>The time spent in the network; zero if all features came from the cache.</summary>
    public TimeSpan FeatureDuration { get; init; }

    /// <summary>Notes for the reader: rows left out, missing classes, unusable caches.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The numbers of labels, ascending.</summary>
    public IReadOnlyList<int> Budgets => [.. Scores.Select(score => score.Budget).Distinct().Order()];

    /// <summary>The representations, in order.</summary>
    public IReadOnlyList<string> Representations => [.. Scores.Select(score => score.Representation).Distinct()];

    /// <summary>The score of a representation with this number of labels; null if there is none.</summary>
    public LowDataScore? Find(string representation, int budget) =>
        Scores.FirstOrDefault(score => score.Representation == representation && score.Budget == budget);
}
