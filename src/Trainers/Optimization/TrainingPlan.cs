namespace IGptMl.Optimization;

/// <summary>What a trainer has worked out of its options and its data.</summary>
/// <param name="Schedule">The rates and the number of steps.</param>
/// <param name="ValidationInterval">The steps between two validations; null where there is nothing to validate on.</param>
/// <param name="Seed">The seed of all that is random.</param>
internal sealed record TrainingPlan(RateSchedule Schedule, long? ValidationInterval, int Seed);
