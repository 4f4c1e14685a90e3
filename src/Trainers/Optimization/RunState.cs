namespace IGptMl.Optimization;

/// <summary>The state of a run that a checkpoint stores in addition to its tensors.</summary>
/// <param name="Step">The number of steps completed.</param>
/// <param name="FirstLoss">The loss of the first step, with which later losses are compared.</param>
/// <param name="Seconds">The duration of the steps so far.</param>
/// <param name="Best">The best validation so far, if any.</param>
/// <param name="Loss">The loss of the last step; null if it was not stored.</param>
/// <param name="Run">The settings that determine the weights, by name, so that another run is not resumed by mistake.</param>
internal sealed record RunState(long Step, double FirstLoss, double Seconds, BestValidation? Best, double? Loss, IReadOnlyDictionary<string, string> Run);
