using System.Diagnostics;

namespace IGptMl.Data;

/// <summary>Turns the rows that the cursors of a pass are done with into progress, ten reports a second at most. The cursor that is furthest counts.</summary>
/// <param name="progress">Receives the progress, on the cursor's thread, but never on two at once.</param>
/// <param name="total">The rows of the pass; null where their number is not known.</param>
internal sealed class RowCounter(IProgress<RowProgress> progress, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = new();
    private TimeSpan _next;
    private long _done;

    /// <summary>Says that a cursor is done with so many rows; the time runs from the first call.</summary>
    internal void Reach(long rows)
    {
        lock (_lock)
        {
            _clock.Start();
            var elapsed = _clock.Elapsed;
            if (rows <= _done || (elapsed < _next && rows != total))
            {
                return;
            }

            _done = rows;
            _next = elapsed + Interval;
            progress.Report(new RowProgress { Done = rows, Total = total, Elapsed = elapsed });
        }
    }
}
