namespace IGptMl.Optimization;

/// <summary>Where and when a run's checkpoints are written.</summary>
/// <param name="Folder">Their folder, which is made if it is missing.</param>
/// <param name="IntervalSteps">Steps between two; null for none by their number.</param>
/// <param name="IntervalTime">The time between two; null for none by the clock.</param>
/// <param name="Kept">How many of the newest are kept.</param>
/// <param name="Steps">Steps after which one is written and kept for good.</param>
/// <param name="StartOver">Whether checkpoints that lie there are deleted.</param>
internal sealed record CheckpointSettings(string Folder, long? IntervalSteps, TimeSpan? IntervalTime, int Kept, IReadOnlyCollection<long> Steps,
    bool StartOver);
