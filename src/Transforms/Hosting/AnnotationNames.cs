namespace IGptMl.Hosting;

/// <summary>The names of ML.NET's annotations.</summary>
internal static class AnnotationNames
{
    internal const string SlotNames = "SlotNames";

    internal const string KeyValues = "KeyValues";

    internal const string TrainingLabelValues = "TrainingLabelValues";

    internal const string ScoreColumnKind = "ScoreColumnKind";

    internal const string ScoreValueKind = "ScoreValueKind";

    internal const string ScoreColumnSetId = "ScoreColumnSetId";
}
