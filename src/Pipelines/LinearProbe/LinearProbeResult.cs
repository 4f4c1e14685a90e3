namespace IGptMl.LinearProbe;

/// <summary>The accuracy of a linear classifier on every layer of a model, and on the baselines.</summary>
/// <param name="Layers">The layers, in order.</param>
/// <param name="Baselines">Raw pixels and palette tokens, where the data holds images; empty otherwise.</param>
/// <param name="TrainingRows">The labelled rows that the classifiers were fitted to.</param>
/// <param name="TestRows">The rows of the accuracy.</param>
public sealed record LinearProbeResult(IReadOnlyList<ProbedRepresentation> Layers, IReadOnlyList<ProbedRepresentation> Baselines, long TrainingRows, long TestRows)
{
    /// <summary>The layer with the greatest accuracy; the first of equals.</summary>
    public ProbedRepresentation Best => Layers.MaxBy(layer => layer.Accuracy)!;
}
