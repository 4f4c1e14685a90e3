namespace IGptMl;

/// <summary>The progress of a study.</summary>
/// <param name="Activity">The current activity: "Features of the training images", "Linear probe", "Few labels".</param>
/// <param name="Unit">The unit of the counts: "image" or "classifier".</param>
/// <param name="Done">The number of finished units.</param>
/// <param name="Total">The number of all units.</param>
/// <param name="Detail">The latest result, or an empty text.</param>
public readonly record struct StudyProgress(string Activity, string Unit, int Done, int Total, string Detail);
