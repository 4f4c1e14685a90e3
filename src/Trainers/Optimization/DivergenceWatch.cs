namespace IGptMl.Optimization;

/// <summary>
/// Tells a run that will not come back from one that has a bad moment: its loss has exploded when it is more than three times the first step's (or
/// than 1, if that is more) in ten steps on end.
/// </summary>
internal sealed class DivergenceWatch
{
    private const double Factor = 3;
    private const int Patience = 10;

    private int _steps;

    /// <summary>Whether the loss may be exploding; no checkpoint is written then.</summary>
    internal bool IsSuspicious => _steps > 0;

    /// <summary>Takes a step's loss, and tells whether it has exploded.</summary>
    internal bool HasExploded(double loss, double firstLoss)
    {
        _steps = loss > Factor * Math.Max(firstLoss, 1) ? _steps + 1 : 0;
        return _steps >= Patience;
    }
}
