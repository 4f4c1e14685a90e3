using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Network;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>Takes hidden states on the CPU through blocks where no gradients are recorded, in kernels of our own: a few rows at a time pass through a whole block while they are in the processor's cache.</summary>
/// <remarks>
/// libtorch writes every step's activations to memory and reads them again, and its matrix products reach two thirds of what these do on the processors
/// that were measured (the benchmark `network-parts` compares).
/// </remarks>
internal abstract class CpuBlocks : IDisposable
{
    /// <summary>For hidden states (B, T, d), which change in place and belong to the caller; null where gradients are recorded, off the CPU, and where heads are no multiple of a panel of 16 or 32 numbers.</summary>
    internal static CpuBlocks? TryCreate(Tensor hidden, int heads, bool causal)
    {
        if (is_grad_enabled() || hidden.device_type != TorchSharp.DeviceType.CPU || hidden.dtype != ScalarType.Float32)
        {
            return null;
        }

        var size = (int)hidden.shape[2] / heads;
        return Vector512.IsHardwareAccelerated && size % PackedMatrix<Lanes512, Vector512<float>>.PanelWidth == 0
            ? new VectorBlocks<Lanes512, Vector512<float>>(hidden, heads, causal)
            : Vector256.IsHardwareAccelerated && size % PackedMatrix<Lanes256, Vector256<float>>.PanelWidth == 0
                ? new VectorBlocks<Lanes256, Vector256<float>>(hidden, heads, causal)
                : null;
    }

    /// <summary>h ← h + attention(norm1(h)), then h ← h + mlp(norm2(h)).</summary>
    internal abstract void Run(BlockWeights weights);

    /// <summary>The mean over the positions of the normed hidden states, without the norm's gain: (B, d). The caller disposes it.</summary>
    internal abstract Tensor MeanOfNormed();

    /// <inheritdoc/>
    public abstract void Dispose();
}
