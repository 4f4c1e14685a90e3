using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Gradients;

/// <summary>Access to the raw values of a float32 parameter on the CPU and to its gradient, which is created if there is none.</summary>
internal sealed unsafe class ParameterMemory : IDisposable
{
    private readonly Tensor _gradient;

    internal ParameterMemory(Tensor parameter)
    {
        Value = TensorMemory.Of(parameter);
        if (parameter.grad is { } gradient)
        {
            _gradient = gradient;
        }
        else
        {
            _gradient = zeros_like(parameter);
            parameter.grad = _gradient;
        }

        Gradient = TensorMemory.Of(_gradient);
    }

    /// <summary>The first value.</summary>
    internal float* Value { get; }

    /// <summary>The first value of the gradient, to which a training pass adds.</summary>
    internal float* Gradient { get; }

    /// <inheritdoc/>
    public void Dispose() => _gradient.Dispose(); // the parameter keeps it
}
