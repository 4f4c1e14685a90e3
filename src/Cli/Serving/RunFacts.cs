namespace IGptMl.Cli.Serving;

/// <summary>The state of a training run.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="State">"waiting" before the first metrics, "running", "quiet" if nothing was written for a minute, "finished", or "gone".</param>
/// <param name="Step">The last step that was written; 0 before the first.</param>
/// <param name="Steps">The number of steps planned; null if it is not known.</param>
/// <param name="Loss">The last loss.</param>
/// <param name="ImagesPerSecond">The speed.</param>
/// <param name="SecondsLeft">The estimated time left; null if it is not known.</param>
/// <param name="Curve">Steps and losses, thinned out by means.</param>
/// <param name="Validation">Steps and validation losses.</param>
/// <param name="Sheets">The steps of the newest sample sheets.</param>
internal sealed record RunFacts(string Name, string State, long Step, long? Steps, double? Loss, double? ImagesPerSecond, double? SecondsLeft,
    IReadOnlyList<double[]> Curve, IReadOnlyList<double[]> Validation, IReadOnlyList<long> Sheets);
