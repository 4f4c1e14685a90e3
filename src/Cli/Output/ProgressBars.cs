using Spectre.Console;

namespace IGptMl.Cli.Output;

/// <summary>Progress on a terminal: a bar for each activity.</summary>
/// <param name="context">The display of the bars.</param>
/// <param name="details">The column of details next to the bars.</param>
internal sealed class ProgressBars(ProgressContext context, DetailColumn details) : IProgress<Advance>
{
    private const int LongestTitle = 30;

    private readonly Dictionary<Activity, ProgressTask> _tasks = [];

    /// <inheritdoc/>
    public void Report(Advance value)
    {
        if (!_tasks.TryGetValue(value.Activity, out var task))
        {
            task = context.AddTask(Markup.Escape(TitleOf(value.Activity)), maxValue: Math.Max(1, value.Total));
            _tasks.Add(value.Activity, task);
        }

        details.Set(task, value);
        task.Value = value.Done;
    }

    /// <summary>The title of an activity, shortened if it leaves no room for the details.</summary>
    internal static string TitleOf(Activity activity) => activity.Title.Length <= LongestTitle ? activity.Title : $"{activity.Title[..(LongestTitle - 1)]}…";
}
