namespace IGptMl;

/// <summary>How far a pass over the rows of a view is.</summary>
public readonly record struct RowProgress
{
    /// <summary>The rows that the reader is done with.</summary>
    public long Done { get; init; }

    /// <summary>All rows; null where their number is not known.</summary>
    public long? Total { get; init; }

    /// <summary>The time since the pass began.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The speed of the pass so far; 0 before it has taken time.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>The time that the rest takes at this speed; null where that cannot be told.</summary>
    public TimeSpan? TimeLeft => Total is { } total && Done > 0 ? Elapsed / Done * (total - Done) : null;
}
