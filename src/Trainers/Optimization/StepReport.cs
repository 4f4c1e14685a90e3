namespace IGptMl.Optimization;

/// <summary>The report of a training loop on a step.</summary>
/// <param name="Progress">The progress to report to users.</param>
/// <param name="Batch">The batch's loss and metrics; null if a run that is already complete is resumed.</param>
/// <param name="Validation">The validation after the step, if any.</param>
/// <param name="Best">The best validation so far.</param>
internal sealed record StepReport(TrainingProgress Progress, BatchResult? Batch, ValidationScore? Validation, BestValidation? Best);
