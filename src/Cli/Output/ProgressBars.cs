using Spectre.Console;

namespace IGptMl.Cli.Output;

/// <summary>Progress on a terminal: a bar for each activity.</summary>
/// <param name="context">The display of the bars.</param>
/// <param name="details">The column of details next to the bars.</param>
internal sealed class ProgressBars(ProgressContext context, DetailColumn details) : IProgress<Advance>
{
    private readonly Dictionary<Activity, ProgressTask> _tasks = [];

    /// <inheritdoc/>
    public void Report(Advance value)
    {
        if (!_tasks.TryGetValue(value.Activity, out var task))
        {
            task = context.AddTask(Markup.Escape(value.Activity.Title), maxValue: Math.Max(1, value.Total));
            _tasks.Add(value.Activity, task);
        }

        details.Set(task, value.ToString());
        task.Value = value.Done;
    }
}
