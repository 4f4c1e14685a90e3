namespace IGptMl.Optimization;

/// <summary>
/// The mean of a number over the steps so far, and after a hundred of them one in which each newer step counts for a hundredth: a single batch hardly moves it,
/// a trend does.
/// </summary>
internal struct RunningMean
{
    private const int Horizon = 100;

    private double _mean;
    private int _count;

    /// <summary>Takes a step's number, and returns the mean.</summary>
    internal double Add(double value)
    {
        _count = Math.Min(_count + 1, Horizon);
        _mean += (value - _mean) / _count;
        return _mean;
    }
}
