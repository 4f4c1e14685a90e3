using System.Diagnostics;

namespace IGptMl.Cli.Output;

/// <summary>Reports the progress of a study as activities: at most ten reports a second, and the last one of each activity.</summary>
internal sealed class StudyAdvance(IProgress<Advance> progress) : IProgress<StudyProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next;

    /// <inheritdoc/>
    public void Report(StudyProgress value)
    {
        if (_clock.Elapsed >= _next || value.Done == value.Total)
        {
            _next = _clock.Elapsed + Interval;
            progress.Report(new Advance(new Activity(value.Activity, value.Unit), value.Done, value.Total, value.Detail));
        }
    }
}
