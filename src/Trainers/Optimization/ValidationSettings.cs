namespace IGptMl.Optimization;

/// <summary>When a run is validated, and the consequences.</summary>
/// <param name="Interval">The number of steps between validations; null for every hundredth of the run. There is also one after the last step.</param>
/// <param name="Patience">The number of consecutive validations without an improvement after which the run stops; null never stops early.</param>
/// <param name="TakesBest">Whether the module ends with the weights of the best validation instead of the last weights.</param>
internal sealed record ValidationSettings(long? Interval, int? Patience, bool TakesBest);
