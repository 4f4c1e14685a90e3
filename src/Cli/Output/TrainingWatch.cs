namespace IGptMl.Cli.Output;

/// <summary>Shows the progress of a training, and keeps the last report.</summary>
/// <param name="terminal">The output of messages.</param>
/// <param name="progress">The output of progress.</param>
/// <param name="title">The title of the activity.</param>
/// <param name="describe">Formats the loss, accuracy and so on.</param>
/// <typeparam name="T">The type of the trainer's reports.</typeparam>
internal sealed class TrainingWatch<T>(Terminal terminal, IProgress<Advance> progress, string title, Func<T, string> describe) : IProgress<T>
    where T : TrainingProgress
{
    private readonly Activity _training = new(title, "step");

    /// <summary>The last progress; null before the first.</summary>
    internal T? Last { get; private set; }

    /// <inheritdoc/>
    public void Report(T value)
    {
        if (Last is null && value.Step > 1 && value.ImagesPerSecond > 0)
        {
            terminal.Say($"Resuming after step {value.Step - 1:N0}.");
        }

        Last = value;
        var share = value.PeakShare is { } peak ? $"{peak:P0} of the peak, " : string.Empty;
        progress.Report(new Advance(_training, value.Step, value.Steps,
            $"{describe(value)}, {share}{Advance.Describe(value.ImagesPerSecond, value.TimeLeft)}"));
    }
}
