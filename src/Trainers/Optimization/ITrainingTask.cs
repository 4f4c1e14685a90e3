using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>What a training loop runs: what is learned, by which loss, and how well it does on other data.</summary>
/// <remarks>
/// Whatever is random in a task is a pure function of the run's seed, the step and the part. A run that goes on from a checkpoint therefore takes the
/// same steps as one that was never interrupted, and the number of its steps alone says where it stands.
/// </remarks>
internal interface ITrainingTask
{
    /// <summary>The module that learns, with all its parameters.</summary>
    torch.nn.Module Module { get; }

    /// <summary>The number of images a step.</summary>
    int ImagesPerStep { get; }

    /// <summary>The number of equal parts of a step's batch, whose gradients are added up.</summary>
    int Parts { get; }

    /// <summary>The floating-point operations of learning from one image, for the share of the machine's peak; 0 if unknown.</summary>
    double OperationsPerImage { get; }

    /// <summary>Computes the loss of a part of a step's batch, and adds its gradients to those of the parameters. Called inside a dispose scope.</summary>
    BatchResult Backward(BatchPart part);

    /// <summary>
    /// Measures the module on data that it does not learn from, without gradients. Called only where a run has <see cref="ValidationSettings"/>.
    /// </summary>
    ValidationScore Validate();

    /// <summary>Adds the task's own settings that decide the weights, by name, so that another run is not continued by mistake.</summary>
    void Describe(RunSettings settings);

    /// <summary>Arrays that every checkpoint carries beside the weights, by name.</summary>
    IReadOnlyDictionary<string, float[]> Attachments { get; }
}
