namespace IGptMl.Optimization;

/// <summary>One learning rate from the first step to the last: fine-tuning has no cosine (Chen et al. 2020, section 3.3).</summary>
/// <param name="Peak">The rate.</param>
/// <param name="Steps">All steps.</param>
internal sealed record ConstantSchedule(double Peak, long Steps) : RateSchedule(Peak, Steps)
{
    /// <inheritdoc/>
    internal override double RateAt(long step) => Peak;
}
