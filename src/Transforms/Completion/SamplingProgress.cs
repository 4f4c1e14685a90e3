namespace IGptMl;

/// <summary>How far a drawing of pictures is.</summary>
/// <param name="Done">The tokens drawn.</param>
/// <param name="Total">All tokens to draw.</param>
/// <param name="Elapsed">The time since the start.</param>
public readonly record struct SamplingProgress(long Done, long Total, TimeSpan Elapsed)
{
    /// <summary>The tokens drawn a second.</summary>
    public double TokensPerSecond => Done / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>The time that the rest will take at that speed.</summary>
    public TimeSpan TimeLeft => Done == 0 ? TimeSpan.Zero : Elapsed / Done * (Total - Done);
}
