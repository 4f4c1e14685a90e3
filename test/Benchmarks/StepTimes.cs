namespace IGptMl.Benchmarks;

/// <summary>The mean time of the steps of a training after the first, from the progress that it reports.</summary>
/// <param name="read">The step of a report, and the time since the training began.</param>
/// <typeparam name="T">What the training reports.</typeparam>
internal sealed class StepTimes<T>(Func<T, (long Step, TimeSpan Elapsed)> read) : IProgress<T>
{
    private (long Step, TimeSpan Elapsed)? _first;
    private (long Step, TimeSpan Elapsed) _last;

    /// <summary>Seconds a step.</summary>
    internal double Mean => (_last.Elapsed - _first!.Value.Elapsed).TotalSeconds / (_last.Step - _first.Value.Step);

    /// <inheritdoc/>
    public void Report(T value)
    {
        _last = read(value);
        _first ??= _last;
    }
}
