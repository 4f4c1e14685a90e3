namespace IGptMl;

/// <summary>The accuracy of a linear classifier on every layer of a model, and on the baselines.</summary>
public sealed record LinearProbeResult
{
    /// <summary>The layers in order, then the concatenations.</summary>
    public required IReadOnlyList<ProbedRepresentation> Layers { get; init; }

    /// <summary>Raw pixels, palette tokens and patches, if the options select them.</summary>
    public required IReadOnlyList<ProbedRepresentation> Baselines { get; init; }

    /// <summary>The number of labeled rows to which the classifiers were fitted.</summary>
    public required long TrainingRows { get; init; }

    /// <summary>The number of evaluated test rows.</summary>
    public required long TestRows { get; init; }

    /// <summary>The layer, or concatenation, with the highest accuracy on the test rows (the first of equals); the paper's tables report this one.</summary>
    public ProbedRepresentation Best => Layers.MaxBy(layer => layer.Accuracy)!;

    /// <summary>
    /// The layer, or concatenation, with the highest accuracy on the held-out training rows, chosen without the test rows; <see cref="Best"/> if nothing was
    /// held out.
    /// </summary>
    public ProbedRepresentation Chosen =>
        Layers.All(layer => layer.ValidationAccuracy is null) ? Best : Layers.MaxBy(layer => layer.ValidationAccuracy)!;

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>The class of each test row, 0-based.</summary>
    public IReadOnlyList<int> TestClasses { get; init; } = [];

    /// <summary>The time spent in the network; zero if all features came from the cache.</summary>
    public TimeSpan FeatureDuration { get; init; }

    /// <summary>Notes for the reader: rows left out, missing classes, unusable caches.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How often each class (first index) was predicted as each class (second index) from that representation.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix(ProbedRepresentation representation)
    {
        ArgumentNullException.ThrowIfNull(representation);
        var counts = ClassNames.Select(_ => new int[ClassNames.Count]).ToArray();
        foreach (var (actual, predicted) in TestClasses.Zip(representation.PredictedClasses))
        {
            counts[actual][predicted]++;
        }

        return counts;
    }
}
