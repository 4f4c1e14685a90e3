namespace IGptMl.Optimization;

/// <summary>A learning rate that increases linearly to its peak and then decays along half a cosine to zero (Chen et al. 2020, section 3.3).</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmUpSteps">The number of warm-up steps.</param>
/// <param name="Steps">The total number of steps.</param>
internal sealed record CosineSchedule(double Peak, long WarmUpSteps, long Steps) : RateSchedule(Peak, WarmUpSteps, Steps)
{
    /// <inheritdoc/>
    protected override double RateAfterWarmUp(long step)
    {
        var done = (double)(step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps);
        return Peak * 0.5 * (1 + Math.Cos(Math.PI * done));
    }
}
