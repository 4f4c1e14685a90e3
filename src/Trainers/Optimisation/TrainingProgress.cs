namespace IGptMl.Optimisation;

/// <summary>How far a training run is. Reported after every step.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="Steps">The steps planned.</param>
/// <param name="Loss">The loss of the step's batch; for pretraining in nats per token.</param>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="ImagesPerSecond">Images a second since the start.</param>
/// <param name="Elapsed">The time since the start.</param>
/// <param name="TimeLeft">The time that the remaining steps take at this speed.</param>
public readonly record struct TrainingProgress(long Step, long Steps, double Loss, double LearningRate, double ImagesPerSecond, TimeSpan Elapsed, TimeSpan TimeLeft);
