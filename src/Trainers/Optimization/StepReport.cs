namespace IGptMl.Optimization;

/// <summary>All that a loop tells of a step.</summary>
/// <param name="Progress">What users are told.</param>
/// <param name="Batch">The batch's loss and metrics; null where a run is taken up that has nothing left to do.</param>
/// <param name="Validation">The measurement after the step, if there was one.</param>
/// <param name="Best">The best measurement so far.</param>
internal sealed record StepReport(TrainingProgress Progress, BatchResult? Batch, ValidationScore? Validation, BestValidation? Best);
