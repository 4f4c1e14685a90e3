namespace IGptMl.Optimization;

/// <summary>Writes a run's metrics.</summary>
internal interface IMetricsWriter : IDisposable
{
    /// <summary>The run resumes after a number of steps; later steps that were written already will be written again.</summary>
    void Resume(long step);

    /// <summary>Writes the metrics of a step.</summary>
    void Write(StepReport report);
}
