namespace IGptMl;

/// <summary>How far the network is with the features of an experiment.</summary>
/// <param name="Data">"training" or "test".</param>
/// <param name="Done">The images done.</param>
/// <param name="Total">All images.</param>
public readonly record struct FeatureProgress(string Data, int Done, int Total);
