namespace IGptMl;

/// <summary>
/// A model to compare with the one of a report: an earlier checkpoint of its run, a model pretrained on other data, or one with another objective.
/// </summary>
/// <param name="Name">The name in the report.</param>
/// <param name="Path">The path, in any format that <see cref="ImageGptModel.Load(string)"/> reads.</param>
public sealed record ComparedModel(string Name, string Path)
{
    /// <summary>
    /// The number of training steps, if it is a checkpoint of the run that produced the report's model; null for any other model. Default null.
    /// </summary>
    public long? Step { get; init; }
}
