using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IGptMl.Cli.Output;

/// <summary>The column of details next to a progress bar.</summary>
internal sealed class DetailColumn : ProgressColumn
{
    private readonly ConcurrentDictionary<int, string> _details = [];

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        => new Text(_details.GetValueOrDefault(task.Id, string.Empty));

    internal void Set(ProgressTask task, string detail) => _details[task.Id] = detail;
}
