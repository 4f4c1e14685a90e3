namespace IGptMl;

/// <summary>Another model to show beside the one that a report is about: an earlier checkpoint of its run, one pretrained on other data, one with another objective.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Path">Where it is, in any form that <see cref="ImageGptModel.Load(string)"/> reads.</param>
public sealed record ComparedModel(string Name, string Path)
{
    /// <summary>The training steps behind it, where it is a checkpoint of the run that the report's model comes from; null for any other model. Default null.</summary>
    public long? Step { get; init; }
}
