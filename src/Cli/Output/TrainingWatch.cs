namespace IGptMl.Cli.Output;

/// <summary>Shows how far a training is, and keeps the last that was told of it.</summary>
/// <param name="terminal">Where messages go.</param>
/// <param name="progress">Where progress goes.</param>
/// <param name="title">What is done.</param>
/// <param name="describe">Loss, accuracy and so on, for people.</param>
/// <typeparam name="T">What the trainer tells.</typeparam>
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
