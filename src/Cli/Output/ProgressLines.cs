using System.Diagnostics;

namespace IGptMl.Cli.Output;

/// <summary>Progress for output that is not an interactive terminal: a line at an interval, and one at the end of each activity.</summary>
internal sealed class ProgressLines : IProgress<Advance>
{
    /// <summary>The time between lines.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TextWriter _writer;
    private readonly Func<TimeSpan> _clock;
    private TimeSpan _next;

    /// <param name="writer">The output.</param>
    /// <param name="clock">The time since the beginning; null means a stopwatch.</param>
    internal ProgressLines(TextWriter writer, Func<TimeSpan>? clock = null)
    {
        _writer = writer;
        var stopwatch = Stopwatch.StartNew();
        _clock = clock ?? (() => stopwatch.Elapsed);
        _next = _clock() + Interval;
    }

    /// <inheritdoc/>
    public void Report(Advance value)
    {
        var now = _clock();
        if (now >= _next || value.Done == value.Total)
        {
            _next = now + Interval;
            _writer.WriteLine($"{value.Activity.Title}: {value}");
        }
    }
}
