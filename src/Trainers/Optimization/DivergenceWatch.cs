namespace IGptMl.Optimization;

/// <summary>
/// Distinguishes a diverged run from a temporary spike. The loss has exploded if it exceeds three times the first step's loss (or 1, if that is more) in ten
/// consecutive steps.
/// </summary>
internal sealed class DivergenceWatch
{
    private const double Factor = 3;
    private const int Patience = 10;

    private int _steps;

    /// <summary>Whether the loss may be exploding, in which case no checkpoint is written.</summary>
    internal bool IsSuspicious => _steps > 0;

    /// <summary>Records a step's loss, and returns whether the loss has exploded.</summary>
    internal bool HasExploded(double loss, double firstLoss)
    {
        _steps = loss > Factor * Math.Max(firstLoss, 1) ? _steps + 1 : 0;
        return _steps >= Patience;
    }
}
