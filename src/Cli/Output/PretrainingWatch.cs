namespace IGptMl.Cli.Output;

/// <summary>Shows how far a pretraining is, and keeps the last that was told of it.</summary>
/// <param name="terminal">Where messages go.</param>
/// <param name="progress">Where progress goes.</param>
internal sealed class PretrainingWatch(Terminal terminal, IProgress<Advance> progress) : IProgress<TrainingProgress>
{
    private static readonly Activity Pretraining = new("Pretraining", "step");

    private double? _validation;

    /// <summary>The last progress; null before the first.</summary>
    internal TrainingProgress? Last { get; private set; }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (Last is null && value.Step > 1 && value.ImagesPerSecond > 0)
        {
            terminal.Say($"Going on after step {value.Step - 1:N0}.");
        }

        Last = value;
        _validation = value.ValidationLoss ?? _validation;
        progress.Report(new Advance(Pretraining, value.Step, value.Steps, Describe(value)));
    }

    /// <summary>"3.2145 nats per token, validation 3.3021, 71 % of the peak, 140.2 images/s, 0:12:30 left".</summary>
    private string Describe(TrainingProgress value)
    {
        var validation = _validation is { } nats ? $"validation {nats:F4}, " : string.Empty;
        var share = value.PeakShare is { } peak ? $"{peak:P0} of the peak, " : string.Empty;
        return $"{value.Loss:F4} nats per token, {validation}{share}{Advance.Describe(value.ImagesPerSecond, value.TimeLeft)}";
    }
}
