namespace IGptMl.Cli.Output;

/// <summary>Describes how a training ended.</summary>
internal static class TrainingEnd
{
    /// <summary>Describes the end in one or two sentences.</summary>
    /// <param name="name">What is saved: "model" or "classifier".</param>
    /// <param name="last">The last progress.</param>
    /// <param name="isCompleted">Whether the training was completed, including by an early stop.</param>
    /// <param name="options">The training's options.</param>
    internal static string Describe(string name, TrainingProgress last, bool isCompleted, TrainingOptions options)
        => (last.Step == last.Steps, isCompleted) switch
    {
        (true, _) => $"The {name} is saved.",
        (_, true) => $"Stopped after {last.Step:N0} of {last.Steps:N0} steps, {options.Patience} validations after the best one; the {name} is saved.",
        _ => $"Stopped after {last.Step:N0} of {last.Steps:N0} steps; the {name} so far is saved.{(options.CheckpointFolder is null ? string.Empty : " The "
            + $"same command resumes from there.")}",
    };
}
