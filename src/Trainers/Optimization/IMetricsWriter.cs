namespace IGptMl.Optimization;

/// <summary>Keeps a run's numbers.</summary>
internal interface IMetricsWriter : IDisposable
{
    /// <summary>The run goes on after that many steps; what was written of later ones will come again.</summary>
    void Resume(long step);

    /// <summary>A step has been done.</summary>
    void Write(StepReport report);
}
