namespace IGptMl.Optimization;

/// <summary>The log of a training run.</summary>
/// <param name="Info">Receives informational messages.</param>
/// <param name="Warn">Receives warnings.</param>
internal sealed record TrainingLog(Action<string> Info, Action<string> Warn);
