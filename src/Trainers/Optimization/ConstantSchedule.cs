namespace IGptMl.Optimization;

/// <summary>A constant learning rate from the end of the warm-up to the last step, as in the paper's fine-tuning (Chen et al. 2020, section 3.3).</summary>
/// <param name="Peak">The rate.</param>
/// <param name="WarmUpSteps">The number of warm-up steps.</param>
/// <param name="Steps">The total number of steps.</param>
internal sealed record ConstantSchedule(double Peak, long WarmUpSteps, long Steps) : RateSchedule(Peak, WarmUpSteps, Steps)
{
    /// <inheritdoc/>
    protected override double RateAfterWarmUp(long step) => Peak;
}
