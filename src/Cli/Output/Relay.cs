namespace IGptMl.Cli.Output;

/// <summary>Handles progress synchronously on the reporting thread, and therefore in order.</summary>
/// <param name="report">Handles a report.</param>
/// <typeparam name="T">The type of the reports.</typeparam>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
