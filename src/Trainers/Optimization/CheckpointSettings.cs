namespace IGptMl.Optimization;

/// <summary>Where and when a run's checkpoints are written.</summary>
/// <param name="Folder">The folder, which is created if it does not exist.</param>
/// <param name="IntervalSteps">The number of steps between checkpoints; null for none by steps.</param>
/// <param name="IntervalTime">The time between checkpoints; null for none by time.</param>
/// <param name="Kept">The number of newest checkpoints to keep.</param>
/// <param name="Steps">Steps after which a checkpoint is written and kept permanently.</param>
/// <param name="StartOver">Whether existing checkpoints are deleted.</param>
internal sealed record CheckpointSettings(string Folder, long? IntervalSteps, TimeSpan? IntervalTime, int Kept, IReadOnlyCollection<long> Steps,
    bool StartOver);
