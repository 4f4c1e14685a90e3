namespace IGptMl;

/// <summary>How far a study is.</summary>
/// <param name="Activity">What it does: "Features of the training images", "Linear probe", "Few labels".</param>
/// <param name="Unit">What is counted: "image" or "classifier".</param>
/// <param name="Done">The units done.</param>
/// <param name="Total">All units.</param>
/// <param name="Detail">A result, where there is one.</param>
public readonly record struct StudyProgress(string Activity, string Unit, int Done, int Total, string Detail);
