namespace IGptMl;

/// <summary>The progress of sampling images.</summary>
public readonly record struct SamplingProgress
{
    /// <summary>The number of tokens sampled.</summary>
    public required long Done { get; init; }

    /// <summary>The total number of tokens to sample.</summary>
    public required long Total { get; init; }

    /// <summary>The time since the start.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The number of tokens sampled per second.</summary>
    public double TokensPerSecond => Done / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>The estimated time for the remaining tokens.</summary>
    public TimeSpan TimeLeft => Done == 0 ? TimeSpan.Zero : Elapsed / Done * (Total - Done);
}
