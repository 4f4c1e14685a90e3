namespace IGptMl;

/// <summary>
/// What a range test of the learning rate has found: how the loss falls, and where it begins to rise, while the rate grows from step to step.
/// </summary>
public sealed record LearningRateRange
{
    internal LearningRateRange(IReadOnlyList<double> rates, IReadOnlyList<double> losses, double rate)
    {
        Rates = rates;
        Losses = losses;
        Rate = rate;
    }

    /// <summary>
    /// The rate of each step, rising; the last is the one at which the test ended, because the loss had risen too far or the rates were at their end.
    /// </summary>
    public IReadOnlyList<double> Rates { get; }

    /// <summary>The loss after each step's predecessors, smoothed; for pretraining in nats per token.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>The peak rate to train with: a tenth of the rate with the least loss, rounded to two digits.</summary>
    public double Rate { get; }
}
