using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IGptMl.Cli.Output;

/// <summary>The column of details next to a progress bar. Its text is shortened so that a line of progress fits the terminal.</summary>
/// <param name="barWidth">The width of the bar.</param>
internal sealed class DetailColumn(int barWidth) : ProgressColumn
{
    private const int Gaps = 4;

    private readonly ConcurrentDictionary<int, Advance> _details = [];
    private int _titleWidth;

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        => new Text(_details.TryGetValue(task.Id, out var advance) ? advance.Fit(options.ConsoleSize.Width - _titleWidth - barWidth - Gaps) : string.Empty)
            { Overflow = Overflow.Ellipsis };

    internal void Set(ProgressTask task, Advance advance)
    {
        _details[task.Id] = advance;
        _titleWidth = Math.Max(_titleWidth, ProgressBars.TitleOf(advance.Activity).Length);
    }
}
