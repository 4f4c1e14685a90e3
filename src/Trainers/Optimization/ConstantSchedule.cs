namespace IGptMl.Optimization;

/// <summary>One learning rate from the end of the warm-up to the last step: fine-tuning has no cosine (Chen et al. 2020, section 3.3).</summary>
/// <param name="Peak">The rate.</param>
/// <param name="WarmUpSteps">The steps of the warm-up.</param>
/// <param name="Steps">All steps.</param>
internal sealed record ConstantSchedule(double Peak, long WarmUpSteps, long Steps) : RateSchedule(Peak, WarmUpSteps, Steps)
{
    /// <inheritdoc/>
    protected override double RateAfterWarmUp(long step) => Peak;
}
