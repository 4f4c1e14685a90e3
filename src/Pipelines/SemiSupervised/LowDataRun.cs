namespace IGptMl;

/// <summary>One classifier fitted to one set of labels.</summary>
public sealed record LowDataRun
{
    /// <summary>The representation: "Image GPT", or the name of a baseline.</summary>
    public required string Representation { get; init; }

    /// <summary>The number of labels.</summary>
    public required int Budget { get; init; }

    /// <summary>The seed that drew them.</summary>
    public required int Seed { get; init; }

    /// <summary>The layers that were chosen with these labels only, such as "Layer 5"; for a baseline, its name.</summary>
    public required string Source { get; init; }

    /// <summary>The L2 regularization weight that was chosen with these labels only.</summary>
    public required float L2Regularization { get; init; }

    /// <summary>The accuracy on all test rows, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The duration of choosing, fitting and evaluating.</summary>
    public required TimeSpan Duration { get; init; }
}
