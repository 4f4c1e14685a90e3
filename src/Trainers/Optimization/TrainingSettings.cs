using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>What a training loop does beside its steps. The defaults are the least.</summary>
internal sealed record TrainingSettings
{
    /// <summary>The equal parts of a batch, whose gradients are added up before a step.</summary>
    internal int Parts { get; init; } = 1;

    /// <summary>The norm that all gradients together are scaled down to; null leaves them as they are.</summary>
    internal double? MaxGradientNorm { get; init; }

    /// <summary>The share of each matrix that a step at rate 1 takes away.</summary>
    internal double WeightDecay { get; init; }

    /// <summary>The type that the module computes in; the weights that are learned are float32.</summary>
    internal torch.ScalarType ComputeType { get; init; } = torch.ScalarType.Float32;

    /// <summary>Where the run is kept, and goes on from.</summary>
    internal CheckpointFolder? Checkpoints { get; init; }

    /// <summary>Watches the run on other data.</summary>
    internal ValidationSettings? Validation { get; init; }

    /// <summary>Where the run's numbers go.</summary>
    internal IReadOnlyList<IMetricsWriter> Metrics { get; init; } = [];

    /// <summary>The floating-point operations of learning from an image, for the share of the machine's peak; 0 if unknown.</summary>
    internal double OperationsPerImage { get; init; }
}
