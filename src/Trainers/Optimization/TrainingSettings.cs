using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>The settings of a training loop. By default, all features are off.</summary>
internal sealed record TrainingSettings
{
    /// <summary>The maximum global norm of the gradients; null for no clipping.</summary>
    internal double? MaxGradientNorm { get; init; }

    /// <summary>The decoupled weight decay of the matrices, as a fraction per step at learning rate 1.</summary>
    internal double WeightDecay { get; init; }

    /// <summary>The ratio of Muon's learning rate, for hidden matrices, to Adam's, for the rest; null if Adam updates all parameters.</summary>
    internal double? MuonRateFactor { get; init; }

    /// <summary>Muon's peak learning rate, to be reported; null if Adam updates all parameters.</summary>
    internal double? PeakMuonLearningRate { get; init; }

    /// <summary>The type in which the module computes; the learned weights are float32.</summary>
    internal torch.ScalarType ComputeType { get; init; } = torch.ScalarType.Float32;

    /// <summary>The checkpoints to write to and to resume from; null for none.</summary>
    internal CheckpointFolder? Checkpoints { get; init; }

    /// <summary>The validation settings; null for no validation.</summary>
    internal ValidationSettings? Validation { get; init; }

    /// <summary>The time after which the run ends even if steps remain; null for no limit.</summary>
    internal TimeSpan? TimeLimit { get; init; }

    /// <summary>The processes that train together.</summary>
    internal RankGroup Ranks { get; init; } = RankGroup.Alone;

    /// <summary>The writers of the run's metrics.</summary>
    internal IReadOnlyList<IMetricsWriter> Metrics { get; init; } = [];
}
