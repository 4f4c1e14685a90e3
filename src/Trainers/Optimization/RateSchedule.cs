namespace IGptMl.Optimization;

/// <summary>The learning rate of every step of a run: a linear warm-up to the peak, and then what the kind of schedule says.</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmUpSteps">The steps of the warm-up; step 0 already learns.</param>
/// <param name="Steps">All steps.</param>
internal abstract record RateSchedule(double Peak, long WarmUpSteps, long Steps)
{
    /// <summary>The schedule of that kind.</summary>
    internal static RateSchedule Create(LearningRateSchedule kind, double peak, long warmUpSteps, long steps)
        => kind == LearningRateSchedule.Cosine ? new CosineSchedule(peak, warmUpSteps, steps) : new ConstantSchedule(peak, warmUpSteps, steps);

    /// <summary>The rate of a step, 0 … <see cref="Steps"/> - 1.</summary>
    internal double RateAt(long step) => step < WarmUpSteps ? Peak * (step + 1) / WarmUpSteps : RateAfterWarmUp(step);

    /// <summary>The rate of a step after the warm-up.</summary>
    protected abstract double RateAfterWarmUp(long step);
}
