using System.Diagnostics;

namespace IGptMl.Data;

/// <summary>Reports the rows that the cursors of a pass have finished, at most ten times per second. The most advanced cursor counts.</summary>
/// <param name="progress">Receives the progress on the cursor's thread, never on two threads at once.</param>
/// <param name="total">The number of rows of the pass; null if unknown.</param>
internal sealed class RowCounter(IProgress<RowProgress> progress, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = new();
    private TimeSpan _next;
    private long _done;

    /// <summary>Reports that a cursor has finished this number of rows. Time is measured from the first call.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="isLast">Whether these are all rows.</param>
    internal void Reach(long rows, bool isLast)
    {
        lock (_lock)
        {
            _clock.Start();
            var elapsed = _clock.Elapsed;
            if (rows <= _done || (elapsed < _next && !isLast))
            {
                return;
            }

            _done = rows;
            _next = elapsed + Interval;
            progress.Report(new RowProgress { Done = rows, Total = total, Elapsed = elapsed });
        }
    }
}
