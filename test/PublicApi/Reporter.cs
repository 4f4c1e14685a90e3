namespace IGptMl.PublicApi.Tests;

/// <summary>Progress that is handled at once.</summary>
internal sealed class Reporter<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
