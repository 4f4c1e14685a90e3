namespace IGptMl;

/// <summary>The progress of a pass over the rows of a view.</summary>
public readonly record struct RowProgress
{
    /// <summary>The number of rows that the reader has finished.</summary>
    public long Done { get; init; }

    /// <summary>The number of all rows; null if unknown.</summary>
    public long? Total { get; init; }

    /// <summary>The time since the start of the pass.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The mean speed of the pass so far; 0 if no time has passed.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>The estimated time for the remaining rows at this speed; null if unknown.</summary>
    public TimeSpan? TimeLeft => Total is { } total && Done > 0 ? Elapsed / Done * (total - Done) : null;
}
