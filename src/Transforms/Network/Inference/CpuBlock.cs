using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>A block without gradients on the CPU, in kernels of our own: its activations pass through the processor's cache a few rows at a time.</summary>
internal static class CpuBlock
{
    /// <summary>Whether the kernels take this input (B, T, d); never where gradients are recorded.</summary>
    internal static bool Supports(Tensor input, int heads) => !is_grad_enabled() && CpuAttention.Supports(input, (int)input.shape[^1], heads);

    /// <summary>h + attention(norm1(h)), then + mlp(norm2(·)): (B, T, d) → (B, T, d).</summary>
    internal static Tensor Run(Tensor input, BlockWeights weights, int heads, bool causal) => Vector512.IsHardwareAccelerated
        ? CpuBlock<Lanes512, Vector512<float>>.Run(input, weights, heads, causal)
        : CpuBlock<Lanes256, Vector256<float>>.Run(input, weights, heads, causal);
}
