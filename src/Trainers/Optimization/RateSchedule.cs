namespace IGptMl.Optimization;

/// <summary>The learning rate of every step of a run: a linear warm-up to the peak, followed by the schedule.</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmUpSteps">The number of warm-up steps; the rate of step 0 is above zero.</param>
/// <param name="Steps">The total number of steps.</param>
internal abstract record RateSchedule(double Peak, long WarmUpSteps, long Steps)
{
    /// <summary>Creates a schedule of a kind.</summary>
    internal static RateSchedule Create(LearningRateSchedule kind, double peak, long warmUpSteps, long steps)
        => kind == LearningRateSchedule.Cosine ? new CosineSchedule(peak, warmUpSteps, steps) : new ConstantSchedule(peak, warmUpSteps, steps);

    /// <summary>The rate of a step, 0 … <see cref="Steps"/> - 1.</summary>
    internal double RateAt(long step) => step < WarmUpSteps ? Peak * (step + 1) / WarmUpSteps : RateAfterWarmUp(step);

    /// <summary>The rate of a step after the warm-up.</summary>
    protected abstract double RateAfterWarmUp(long step);
}
