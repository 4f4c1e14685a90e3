using System.Diagnostics;

namespace IGptMl.Cli.Output;

/// <summary>Turns the rows that a pass is done with into progress with speed and time left.</summary>
internal sealed class RowProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Activity _activity;
    private readonly long _total;
    private readonly IProgress<Advance> _progress;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next;
    private long _done;

    /// <param name="activity">What the pass is for.</param>
    /// <param name="total">The rows of the pass.</param>
    /// <param name="progress">Receives the progress, ten times a second at most.</param>
    internal RowProgress(Activity activity, long total, IProgress<Advance> progress)
    {
        _activity = activity;
        _total = total;
        _progress = progress;
    }

    /// <summary>Says that so many rows are done, by any of the cursors of the pass.</summary>
    internal void Reach(long rows)
    {
        lock (_lock)
        {
            var elapsed = _clock.Elapsed;
            if (rows <= _done || (elapsed < _next && rows < _total))
            {
                return;
            }

            _done = rows;
            _next = elapsed + Interval;
            var left = elapsed / rows * (_total - rows);
            _progress.Report(new Advance(_activity, rows, _total, Advance.Describe(rows / elapsed.TotalSeconds, left)));
        }
    }
}
