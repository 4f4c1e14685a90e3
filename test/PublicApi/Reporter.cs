namespace IGptMl.PublicApi.Tests;

/// <summary>Handles progress synchronously.</summary>
internal sealed class Reporter<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
