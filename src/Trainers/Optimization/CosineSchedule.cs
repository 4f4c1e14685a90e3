namespace IGptMl.Optimization;

/// <summary>A learning rate that rises in a line to its peak and then falls along half a cosine to zero (Chen et al. 2020, section 3.3).</summary>
/// <param name="Peak">The greatest rate.</param>
/// <param name="WarmUpSteps">The steps of the rise; step 0 already learns.</param>
/// <param name="Steps">All steps.</param>
internal sealed record CosineSchedule(double Peak, long WarmUpSteps, long Steps) : RateSchedule(Peak, Steps)
{
    /// <inheritdoc/>
    internal override double RateAt(long step)
    {
        if (step < WarmUpSteps)
        {
            return Peak * (step + 1) / WarmUpSteps;
        }

        var done = (double)(step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps);
        return Peak * 0.5 * (1 + Math.Cos(Math.PI * done));
    }
}
