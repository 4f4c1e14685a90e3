using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>How a task is run. The defaults are the least.</summary>
internal sealed record TrainingSettings
{
    /// <summary>The norm that all gradients together are scaled down to; null leaves them as they are.</summary>
    internal double? MaxGradientNorm { get; init; }

    /// <summary>The share of each matrix that a step at rate 1 takes away.</summary>
    internal double WeightDecay { get; init; }

    /// <summary>The type that the module computes in; the weights that are learned are float32.</summary>
    internal torch.ScalarType ComputeType { get; init; } = torch.ScalarType.Float32;

    /// <summary>Where the run is kept, and goes on from.</summary>
    internal CheckpointFolder? Checkpoints { get; init; }

    /// <summary>Watches the run on other data; null does not.</summary>
    internal ValidationSettings? Validation { get; init; }

    /// <summary>Where the run's numbers go.</summary>
    internal IReadOnlyList<IMetricsWriter> Metrics { get; init; } = [];
}
