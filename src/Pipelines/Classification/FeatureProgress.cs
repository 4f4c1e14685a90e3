namespace IGptMl;

/// <summary>The progress of computing an experiment's features.</summary>
/// <param name="Data">"training" or "test".</param>
/// <param name="Done">The number of finished images.</param>
/// <param name="Total">The number of all images.</param>
public readonly record struct FeatureProgress(string Data, int Done, int Total);
