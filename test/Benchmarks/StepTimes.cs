namespace IGptMl.Benchmarks;

/// <summary>The mean time of a training's steps after the first, from its progress reports.</summary>
/// <param name="read">Returns a report's step, and the time since the training began.</param>
/// <typeparam name="T">The type of the reports.</typeparam>
internal sealed class StepTimes<T>(Func<T, (long Step, TimeSpan Elapsed)> read) : IProgress<T>
{
    private (long Step, TimeSpan Elapsed)? _first;
    private (long Step, TimeSpan Elapsed) _last;

    /// <summary>The seconds per step.</summary>
    internal double Mean => (_last.Elapsed - _first!.Value.Elapsed).TotalSeconds / (_last.Step - _first.Value.Step);

    /// <inheritdoc/>
    public void Report(T value)
    {
        _last = read(value);
        _first ??= _last;
    }
}
