namespace IGptMl.Optimization;

/// <summary>Where a run says what it does.</summary>
/// <param name="Info">Takes what may be of interest.</param>
/// <param name="Warn">Takes what must not be missed.</param>
internal sealed record TrainingLog(Action<string> Info, Action<string> Warn);
