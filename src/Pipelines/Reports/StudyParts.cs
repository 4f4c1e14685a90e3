namespace IGptMl.Reports;

/// <summary>Runs the parts of a study that follow the probe. A part that fails is recorded, so that the results of the other parts are not lost.</summary>
internal sealed class StudyParts
{
    private readonly List<string> _failures = [];

    /// <summary>The parts that failed, with their errors.</summary>
    internal IReadOnlyList<string> Failures => _failures;

    /// <summary>Runs a part; null if it fails. A cancellation ends the study.</summary>
    internal T? Run<T>(string name, Func<T?> run)
        where T : class
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _failures.Add($"{name} failed: {e.Message}");
            return null;
        }
    }
}
