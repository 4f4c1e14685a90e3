namespace IGptMl.Optimization;

/// <summary>A learning rate that rises linearly to its peak and then falls along half a cosine to zero (Chen et al. 2020, section 3.3).</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmUpSteps">The steps of the warm-up.</param>
/// <param name="Steps">All steps.</param>
internal sealed record CosineSchedule(double Peak, long WarmUpSteps, long Steps) : RateSchedule(Peak, WarmUpSteps, Steps)
{
    /// <inheritdoc/>
    protected override double RateAfterWarmUp(long step)
    {
        var done = (double)(step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps);
        return Peak * 0.5 * (1 + Math.Cos(Math.PI * done));
    }
}
