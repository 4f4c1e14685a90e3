namespace IGptMl.Optimization;

/// <summary>When a run is measured on data that it does not learn from, and what follows from it.</summary>
/// <param name="Interval">The steps between two measurements; the last step is followed by one, too.</param>
/// <param name="Patience">Ends the run after that many measurements in a row without a better one; null never does.</param>
/// <param name="TakesBest">Whether the module is left with the weights of the best measurement, not with the last ones.</param>
internal sealed record ValidationSettings(long Interval, int? Patience, bool TakesBest);
