namespace IGptMl.Optimization;

/// <summary>The settings that a trainer derives from its options and its data.</summary>
/// <param name="Schedule">The learning rates and the number of steps.</param>
/// <param name="Validation">When the run is validated; null without validation data.</param>
/// <param name="Seed">The random seed.</param>
internal sealed record TrainingPlan(RateSchedule Schedule, ValidationSettings? Validation, int Seed);
