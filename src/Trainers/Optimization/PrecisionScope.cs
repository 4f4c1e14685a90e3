using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>Sets the rounding of libtorch's matrix products on GPUs until disposed. The setting is process-wide.</summary>
internal sealed class PrecisionScope : IDisposable
{
    private readonly bool _allowed = torch.backends.cuda.matmul.allow_tf32;

    internal PrecisionScope(TrainingPrecision precision) => torch.backends.cuda.matmul.allow_tf32 = precision == TrainingPrecision.TensorFloat32;

    /// <inheritdoc/>
    public void Dispose() => torch.backends.cuda.matmul.allow_tf32 = _allowed;
}
