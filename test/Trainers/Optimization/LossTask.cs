using IGptMl.Optimization;
using TorchSharp;

namespace IGptMl.Tests.Optimization;

/// <summary>A task that consists only of a loss.</summary>
internal sealed class LossTask : ITrainingTask
{
    private readonly Func<BatchPart, torch.Tensor> _backward;

    /// <param name="module">What is learned.</param>
    /// <param name="loss">The scalar loss of a part of a step's batch, which the task disposes.</param>
    internal LossTask(torch.nn.Module module, Func<BatchPart, torch.Tensor> loss)
        : this(loss, module)
    {
        _backward = part =>
        {
            var value = loss(part);
            value.backward();
            return value;
        };
    }

    /// <param name="backward">Accumulates the gradients of a part's loss, and returns the loss, which the task disposes.</param>
    /// <param name="module">What is learned.</param>
    private LossTask(Func<BatchPart, torch.Tensor> backward, torch.nn.Module module)
    {
        _backward = backward;
        Module = module;
    }

    /// <summary>A task of a module that accumulates its gradients itself. The delegate returns the loss, which the task disposes.</summary>
    internal static LossTask OfBackward(torch.nn.Module module, Func<torch.Tensor> backward) => new(_ => backward(), module);

    /// <inheritdoc/>
    public torch.nn.Module Module { get; }

    /// <inheritdoc/>
    public int CountHiddenMatrices(string parameterName) => HiddenMatrices.GetValueOrDefault(parameterName);

    /// <inheritdoc/>
    public int ImagesPerStep { get; init; } = 4;

    /// <inheritdoc/>
    public int Parts { get; init; } = 1;

    /// <inheritdoc/>
    public double OperationsPerImage => 0;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Attachments => new Dictionary<string, float[]>();

    /// <summary>The hidden matrices side by side in a parameter, by its name.</summary>
    internal IReadOnlyDictionary<string, int> HiddenMatrices { get; init; } = new Dictionary<string, int>();

    /// <summary>Further metrics of a part.</summary>
    internal Func<BatchPart, IReadOnlyList<BatchResult.Metric>> Metrics { get; init; } = _ => [];

    /// <summary>Measures the module.</summary>
    internal Func<ValidationScore> Validation { get; init; } = () => throw new InvalidOperationException("Nothing was said of validation.");

    /// <inheritdoc/>
    public BatchResult Backward(BatchPart part)
    {
        using var value = _backward(part);
        return new BatchResult(value.item<float>(), Metrics(part));
    }

    /// <inheritdoc/>
    public ValidationScore Validate() => Validation();

    /// <inheritdoc/>
    public void Describe(RunSettings settings)
    {
    }
}
