namespace IGptMl.Optimization;

/// <summary>How a run is watched on data that it does not learn from.</summary>
/// <param name="Loss">Measures the loss; runs without gradients.</param>
/// <param name="Interval">The steps between two measurements; the last step is followed by one, too.</param>
/// <param name="Patience">Ends the run after that many measurements in a row that do not reach the best one; null never does.</param>
/// <param name="TakesBest">Whether the module is left with the weights of the best measurement, not with the last ones.</param>
internal sealed record ValidationSettings(Func<double> Loss, long Interval, int? Patience, bool TakesBest);
