namespace IGptMl.Optimization;

/// <summary>The learning rate of every step of a run.</summary>
/// <param name="Peak">The greatest rate.</param>
/// <param name="Steps">All steps.</param>
internal abstract record RateSchedule(double Peak, long Steps)
{
    /// <summary>The rate of a step, 0 … <see cref="Steps"/> - 1.</summary>
    internal abstract double RateAt(long step);
}
