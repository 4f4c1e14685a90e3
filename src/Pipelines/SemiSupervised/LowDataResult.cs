namespace IGptMl;

/// <summary>The accuracy with few labels: one score per representation and number of labels.</summary>
public sealed record LowDataResult
{
    /// <summary>By representation, then by number of labels.</summary>
    public required IReadOnlyList<LowDataScore> Scores { get; init; }

    /// <summary>The number of rows from which labels were drawn.</summary>
    public required long TrainingRows { get; init; }

    /// <summary>The number of evaluated test rows.</summary>
    public required long TestRows { get; init; }

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
