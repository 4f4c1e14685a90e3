namespace IGptMl;

/// <summary>The result of a learning rate range test: the loss curve while the rate increases from step to step.</summary>
public sealed record LearningRateRange
{
    internal LearningRateRange(IReadOnlyList<double> rates, IReadOnlyList<double> losses, double rate)
    {
        Rates = rates;
        Losses = losses;
        Rate = rate;
    }

    /// <summary>The rate of each step, increasing. At the last one the test ended, because the loss had risen too far or the range was exhausted.</summary>
    public IReadOnlyList<double> Rates { get; }

    /// <summary>The smoothed loss before each step's update; for pretraining in nats per token.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>The peak rate to train with: a tenth of the rate with the lowest loss, rounded to two significant digits.</summary>
    public double Rate { get; }
}
