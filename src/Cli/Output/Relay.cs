namespace IGptMl.Cli.Output;

/// <summary>Progress that is handled at once, on the thread that reports it, and so in order.</summary>
/// <param name="report">Handles a report.</param>
/// <typeparam name="T">What is reported.</typeparam>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
