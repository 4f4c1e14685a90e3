using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>Lets libtorch's matrix products on GPUs round as a precision says, until it is disposed: the switch is the process's.</summary>
internal sealed class PrecisionScope : IDisposable
{
    private readonly bool _allowed = torch.backends.cuda.matmul.allow_tf32;

    internal PrecisionScope(TrainingPrecision precision) => torch.backends.cuda.matmul.allow_tf32 = precision == TrainingPrecision.TensorFloat32;

    /// <inheritdoc/>
    public void Dispose() => torch.backends.cuda.matmul.allow_tf32 = _allowed;
}
