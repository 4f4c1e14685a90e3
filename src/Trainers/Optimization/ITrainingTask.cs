using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>The task of a training loop: the module, its loss, and its validation.</summary>
/// <remarks>
/// All random choices of a task are a pure function of the run's seed, the step and the part. A run resumed from a checkpoint therefore takes the same steps as
/// an uninterrupted one, and the number of steps alone determines its position.
/// </remarks>
internal interface ITrainingTask
{
    /// <summary>The module to train, with all its parameters.</summary>
    torch.nn.Module Module { get; }

    /// <summary>The number of images per step.</summary>
    int ImagesPerStep { get; }

    /// <summary>The share of every part's images that this rank computes, more than 0 and at most 1.</summary>
    double RankShare => 1;

    /// <summary>The number of equal parts of a step's batch, whose gradients are accumulated.</summary>
    int Parts { get; }

    /// <summary>The floating-point operations per training image, for the utilization of the device; 0 if unknown.</summary>
    double OperationsPerImage { get; }

    /// <summary>
    /// The number of hidden matrices (those of the blocks) side by side in a parameter, for optimizers that treat them differently; 0 for embeddings, gains and
    /// heads.
    /// </summary>
    int CountHiddenMatrices(string parameterName);

    /// <summary>Computes the loss of a part of a step's batch, and accumulates its gradients. Called inside a dispose scope.</summary>
    BatchResult Backward(BatchPart part);

    /// <summary>Evaluates the module on validation data, without gradients. Called only if the run has <see cref="ValidationSettings"/>.</summary>
    ValidationScore Validate();

    /// <summary>Adds the task's settings that determine the weights, by name, so that another run is not resumed by mistake.</summary>
    void Describe(RunSettings settings);

    /// <summary>Further arrays that every checkpoint contains, by name.</summary>
    IReadOnlyDictionary<string, float[]> Attachments { get; }
}
