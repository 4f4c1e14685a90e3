namespace IGptMl.Optimization;

/// <summary>What a checkpoint knows beside its tensors.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="FirstLoss">The loss of the first step, with which later ones are compared.</param>
/// <param name="Seconds">The time that the steps have taken.</param>
/// <param name="Best">The least validation loss so far, if there is validation.</param>
/// <param name="Loss">The loss of the last step; null where nobody has kept it.</param>
/// <param name="Run">The settings that decide the weights, by name, so that another run is not continued by mistake.</param>
internal sealed record RunState(long Step, double FirstLoss, double Seconds, BestValidation? Best, double? Loss, IReadOnlyDictionary<string, string> Run);
